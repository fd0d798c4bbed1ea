package engine

// BoroughsOf are the authorities that delegate an act to the consortium that asks, as of(id).
func BoroughsOf(act string) string {
	return "unnest((SELECT dps.boroughs('" + act + "'))::uuid[]) AS of(id)"
}
