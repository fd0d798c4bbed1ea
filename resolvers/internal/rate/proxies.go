package rate

import (
	"fmt"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// Proxies are the addresses of the proxies that are believed when they say for whom they ask.
type Proxies []netip.Prefix

// ParseProxies reads addresses such as 10.0.0.0/8 or 192.0.2.1.
func ParseProxies(written []string) (p Proxies, err error) {
	for _, text := range written {
		prefix, err := netip.ParsePrefix(strings.TrimSpace(text))
		if address, single := netip.ParseAddr(strings.TrimSpace(text)); single == nil {
			prefix, err = netip.PrefixFrom(address, address.BitLen()), nil
		}
		if err != nil {
			return nil, fmt.Errorf("%q is not the address of a proxy or of a network: write it as 10.0.0.0/8 or 192.0.2.1", text)
		}
		p = append(p, prefix.Masked())
	}
	return p, nil
}

func (p Proxies) trusts(a netip.Addr) bool {
	return slices.ContainsFunc(p, func(network netip.Prefix) bool { return network.Contains(a) })
}

// ClientOf is the address that a request comes from: that of the connection or, if that is a proxy's, the last in X-Forwarded-For that is
// no proxy's. What stands before it, anybody could have written.
func (p Proxies) ClientOf(r *http.Request) string {
	connected, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	client := connected.Addr().Unmap()
	named := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for _, text := range slices.Backward(named) {
		if !p.trusts(client) {
			break
		}
		before, err := netip.ParseAddr(strings.TrimSpace(text))
		if err != nil {
			break
		}
		client = before.Unmap()
	}
	return client.WithZone("").String()
}
