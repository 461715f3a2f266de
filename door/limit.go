package door

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"
	"time"
)

// Failures is how often something was tried in vain.
type Failures struct {
	Count int
	Last  time.Time
	Until time.Time // nobody may try before; zero is no wait
}

// rule says how often one may try: so many times freely, after which every
// failure costs a wait that doubles up to a bound. Who fails no more for a
// while begins anew.
type rule struct {
	free    int
	wait    time.Duration
	longest time.Duration
	forget  time.Duration
}

// Rules: a person mistypes; a program guesses. An address may be that of a
// whole office.
var (
	byName    = rule{free: 5, wait: time.Minute, longest: 15 * time.Minute, forget: 12 * time.Hour}
	byAddress = rule{free: 30, wait: time.Minute, longest: 15 * time.Minute, forget: time.Hour}
)

// count adds a try. While there is a wait nothing is added, so that it ends.
func (r rule) count(f Failures, now time.Time) Failures {
	if now.Before(f.Until) {
		return f
	}
	if now.Sub(f.Last) >= r.forget {
		f = Failures{}
	}
	f.Count++
	f.Last, f.Until = now, time.Time{}
	if over := f.Count - r.free; over >= 0 {
		f.Until = now.Add(min(r.longest, r.wait<<min(over, 10)))
	}
	return f
}

// back takes one try back that was none in vain, with the wait that it cost: else
// who signs in would keep out the others of an office from where somebody guessed.
func back(f Failures) Failures {
	if f.Count > 0 {
		f.Count--
	}
	f.Until = time.Time{} // before this try there was none, else it had not been counted
	return f
}

// key names a counter. It is keyed: people type passwords where names belong.
func (d *Door) key(kind, of string) string {
	mac := hmac.New(sha256.New, d.Secret)
	mac.Write([]byte("sign-in " + kind + "\x00" + of))
	return hex.EncodeToString(mac.Sum(nil))
}

// own names a counter of a person who is known.
func (d *Door) own(kind string, person int64) string {
	return d.key(kind, strconv.FormatInt(person, 10))
}

// Name is a sign-in name as it is compared: without spaces around it, in small
// letters.
func Name(typed string) string {
	name := strings.ToLower(strings.TrimSpace(typed))
	if r := []rune(name); len(r) > maxName {
		name = string(r[:maxName])
	}
	return name
}
