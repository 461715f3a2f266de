package main

import (
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"strconv"
	"strings"

	"github.com/spf13/pflag"
)

// noConsole is the address that leaves the console out.
const noConsole = "-"

func (s *settings) consoleFlags(f *pflag.FlagSet) {
	f.StringVar(&s.AddrConsole, "addr-console", s.AddrConsole, "`address` of the staff console; - is none; default 127.0.0.1 and the port after --addr")
	f.StringVar(&s.BaseURLConsole, "base-url-console", s.BaseURLConsole, "`URL` that staff reach the console by; default http://ADDR-CONSOLE")
	f.BoolVar(&s.CheckLinks, "check-links", s.CheckLinks, "open the links of drafts to see whether they are dead; false where there is no way to the internet")
	f.StringVar(&s.SecondKeyFile, "second-factor-key-file", s.SecondKeyFile, "`file` with the key that seals second factors, 64 hexadecimal digits; default one in the data folder, which is made")
	f.StringVar(&s.ConsoleProxies, "console-proxies", s.ConsoleProxies, "`addresses` of proxies in front of the console, whose X-Forwarded-For is believed: 127.0.0.1,10.0.0.0/8")
}

// consoleAddr is where the console is to listen: on this machine alone, one
// port after the citizens' pages, where nothing else is said.
func (s *settings) consoleAddr() (addr string, given bool) {
	if s.AddrConsole != "" {
		return s.AddrConsole, true
	}
	_, port, err := net.SplitHostPort(s.Addr)
	n, errPort := strconv.Atoi(port)
	if err != nil || errPort != nil || n >= 65535 {
		n = -1
	}
	if n > 0 { // 0 is any port, here as well
		n++
	}
	return net.JoinHostPort("127.0.0.1", strconv.Itoa(max(0, n))), false
}

// listenConsole opens the console's address; nil where there is to be none. An
// address that nobody has asked for may be taken: citizens are answered all the
// same, and the log says so.
func (s *settings) listenConsole(log *slog.Logger) (net.Listener, error) {
	addr, given := s.consoleAddr()
	if addr == noConsole {
		return nil, nil
	}
	l, err := net.Listen("tcp", addr)
	switch {
	case err != nil && given:
		return nil, fmt.Errorf("cannot listen on %s for the console: %w", addr, err)
	case err != nil:
		log.Warn("the staff console is not open: its address is taken; give it another with --addr-console", "addr", addr, "err", err.Error())
		s.AddrConsole = noConsole
		return nil, nil
	}
	s.AddrConsole = l.Addr().String()
	return l, nil
}

// consoleBase is what the console's links begin with.
func (s *settings) consoleBase() (string, error) {
	if s.BaseURLConsole == "" {
		addr, _ := s.consoleAddr()
		if addr == noConsole {
			addr = "127.0.0.1"
		}
		return "http://" + reachable(addr), nil
	}
	if !webAddress(s.BaseURLConsole) {
		return "", usageError{fmt.Errorf("--base-url-console %q is not an address like https://console.example.gov.cn", s.BaseURLConsole)}
	}
	return strings.TrimRight(s.BaseURLConsole, "/"), nil
}

// proxies reads which addresses may say whom a request comes from.
func (s *settings) proxies() ([]netip.Prefix, error) {
	var all []netip.Prefix
	for text := range strings.SplitSeq(s.ConsoleProxies, ",") {
		text = strings.TrimSpace(text)
		if text == "" {
			continue
		}
		p, err := netip.ParsePrefix(text)
		if a, errAddr := netip.ParseAddr(text); errAddr == nil {
			p, err = netip.PrefixFrom(a, a.BitLen()), nil
		}
		if err != nil {
			return nil, usageError{fmt.Errorf("--console-proxies: %q is neither an address nor a range like 10.0.0.0/8", text)}
		}
		all = append(all, p.Masked())
	}
	return all, nil
}

// exposed reports whether passwords would cross a network in the clear.
func (s *settings) exposed() bool {
	host, _, err := net.SplitHostPort(s.AddrConsole)
	ip := net.ParseIP(host)
	return err == nil && (ip == nil || !ip.IsLoopback()) && !strings.HasPrefix(s.BaseURLConsole, "https://")
}
