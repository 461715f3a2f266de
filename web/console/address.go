package console

import (
	"net"
	"net/http"
	"net/netip"
	"strings"

	"github.com/policybot/policybot/door"
)

// address is whom a request comes from. What a header says of that is believed
// of our own proxies alone: the entry that the nearest of them added.
func (s *Site) address(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	peer, err := netip.ParseAddr(host)
	if err != nil {
		return "unknown"
	}
	peer = peer.Unmap().WithZone("")
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0 && s.proxy(peer); i-- {
		said, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			break
		}
		peer = said.Unmap().WithZone("")
	}
	return peer.String()
}

// proxy reports whether an address is one of our own proxies.
func (s *Site) proxy(a netip.Addr) bool {
	for _, p := range s.Proxies {
		if p.Contains(a) {
			return true
		}
	}
	return false
}

func (s *Site) where(r *http.Request) door.Where {
	return door.Where{Address: s.address(r), Agent: agent(r.UserAgent())}
}

// agent says in a few words which browser a person has, so that they know
// their own sessions. The longer name of two comes first.
func agent(ua string) string {
	browser, system := "浏览器", ""
	for _, b := range []struct{ mark, name string }{
		{"wxwork/", "企业微信"}, {"MicroMessenger/", "微信"}, {"DingTalk/", "钉钉"}, {"Edg", "Edge"}, {"QQBrowser/", "QQ浏览器"},
		{"360SE", "360浏览器"}, {"Firefox/", "Firefox"}, {"Chrome/", "Chrome"}, {"Safari/", "Safari"},
	} {
		if strings.Contains(ua, b.mark) {
			browser = b.name
			break
		}
	}
	for _, o := range []struct{ mark, name string }{
		{"Android", "安卓"}, {"iPhone", "iPhone"}, {"iPad", "iPad"}, {"OpenHarmony", "鸿蒙"}, {"Windows", "Windows"},
		{"Mac OS X", "macOS"}, {"Linux", "Linux"},
	} {
		if strings.Contains(ua, o.mark) {
			system = "，" + o.name
			break
		}
	}
	return browser + system
}
