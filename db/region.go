package db

import "github.com/southeasttogether/dps/market"

// Region is what exists before the market of a demonstration or a test begins: organisations, markets, providers, and settings with their
// addresses. region.Load loads it.
type Region struct {
	Organisations []market.Organisation // a consortium before its boroughs
	Markets       []market.Market       // Regime.Code names the regime
	Providers     []market.Provider
	Settings      []RegionSetting
}

// RegionSetting is a setting with its address, which is stored separately and encrypted.
type RegionSetting struct {
	market.Setting
	Address string
}
