package door

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Weakness is what is wrong with a password; "" is nothing.
type Weakness string

const (
	TooShort Weakness = "short"  // fewer than MinPassword characters
	TooLong  Weakness = "long"   // more than 256 bytes
	OneKind  Weakness = "kind"   // only letters, or only digits, and not long
	HasName  Weakness = "name"   // holds the sign-in name
	Common   Weakness = "common" // what is tried first
)

// MinPassword is the fewest characters; from longEnough on it does not matter
// of which kinds they are.
const (
	MinPassword = 10
	longEnough  = 16
	shortName   = 4 // a shorter one stands in many words
)

// Weak says what is wrong with a password for somebody who signs in by a name.
func Weak(password, name string) Weakness {
	n := utf8.RuneCountInString(password)
	small := strings.ToLower(password)
	switch {
	case n < MinPassword:
		return TooShort
	case len(password) > maxPass:
		return TooLong
	case len(Name(name)) >= shortName && strings.Contains(small, Name(name)):
		return HasName
	case common(small):
		return Common
	case n < longEnough && kinds(password) < 2:
		return OneKind
	}
	return ""
}

// kinds counts which of letters, digits and others there are.
func kinds(password string) int {
	var letter, digit, other int
	for _, r := range password {
		switch {
		case unicode.IsLetter(r):
			letter = 1
		case unicode.IsDigit(r):
			digit = 1
		default:
			other = 1
		}
	}
	return letter + digit + other
}

// stems are what common passwords are made of.
var stems = []string{
	"password", "passw0rd", "p@ssw0rd", "p@ssword", "admin", "administrator", "root", "welcome", "letmein", "iloveyou",
	"qwerty", "qwertyuiop", "asdfgh", "asdfghjkl", "zxcvbn", "zxcvbnm", "qazwsx", "1qaz2wsx", "1q2w3e4r", "1q2w3e", "abcdef", "abc",
	"woaini", "zhengwu", "zhengfu", "mima", "test", "guest", "user", "policybot",
}

// common reports whether nothing is left of a password without what everybody
// adds: a common word with digits and signs around it, a run, a repetition.
func common(small string) bool {
	distinct := map[rune]bool{}
	run := true
	var before rune
	for i, r := range small {
		distinct[r] = true
		if i > 0 && r != before && r != before+1 && r != before-1 && (before != '9' || r != '0') {
			run = false
		}
		before = r
	}
	if len(distinct) <= 3 || run {
		return true
	}
	core := small
	for _, s := range []string{"1234567890", "123456789", "12345678", "1234567", "123456", "12345", "1234", "123", "321", "888", "666", "000", "2024", "2025", "2026", "2027"} {
		core = strings.ReplaceAll(core, s, "")
	}
	if len([]rune(core)) <= 3 {
		return true
	}
	core = strings.TrimFunc(core, func(r rune) bool { return !unicode.IsLetter(r) || r > 127 })
	if core == "" && !strings.ContainsFunc(small, func(r rune) bool { return r > 127 }) && kinds(small) == 1 {
		return len(distinct) <= 4
	}
	for _, s := range stems {
		rest := strings.TrimFunc(strings.ReplaceAll(core, s, ""), func(r rune) bool { return !unicode.IsLetter(r) })
		if strings.Contains(core, s) && len(rest) <= 1 {
			return true
		}
	}
	return false
}
