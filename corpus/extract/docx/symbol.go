package docx

import (
	"strconv"
	"strings"
)

// Symbol fonts draw other characters in the place of Latin ones, or in the
// private range F000 to F0FF. These are what documents use.
var (
	wingdings = map[rune]string{
		0x6C: "●", 0x6E: "■", 0x6F: "□", 0x70: "□", 0x71: "□", 0x72: "□", 0x75: "◆", 0x76: "❖", 0xA1: "○", 0xA8: "□", 0xA7: "▪",
		0xD8: "➢", 0xE0: "→", 0xE8: "➔", 0xF0: "⇨", 0xFB: "✗", 0xFC: "✓", 0xFD: "☒", 0xFE: "☑", 0x28: "☎", 0x2A: "✉", 0xAB: "★", 0xAA: "✦",
		0x81: "①", 0x82: "②", 0x83: "③", 0x84: "④", 0x85: "⑤", 0x86: "⑥", 0x87: "⑦", 0x88: "⑧", 0x89: "⑨", 0x8A: "⑩",
	}
	wingdings2 = map[rune]string{0x50: "✓", 0x4F: "✗", 0x51: "☒", 0x52: "☑", 0x53: "☒", 0x54: "☒", 0xA3: "□", 0x2A: "□", 0x30: "□", 0x98: "●", 0x81: "○"}
	symbolFont = map[rune]string{
		0xB7: "•", 0xB0: "°", 0xB1: "±", 0xB4: "×", 0xB8: "÷", 0xB9: "≠", 0xA3: "≤", 0xB3: "≥", 0xBB: "≈", 0xA5: "∞", 0xE5: "∑", 0xD6: "√",
		0x61: "α", 0x62: "β", 0x67: "γ", 0x64: "δ", 0x71: "θ", 0x6C: "λ", 0x6D: "μ", 0x70: "π", 0x73: "σ", 0x57: "Ω", 0x44: "Δ", 0xAE: "→", 0xDE: "⇒",
		0xA2: "′", 0xB2: "″", 0x2D: "−",
	}
)

// symbol is the character of w:sym; one that is not known is left out and
// counted.
func symbol(char, font string, l *left) string {
	n, err := strconv.ParseUint(char, 16, 21)
	if err != nil {
		l.symbols++
		return ""
	}
	r := rune(n)
	if s, ok := fontTable(font)[r&0xFF]; ok && (r < 0x100 || private(r)) {
		return s
	}
	if r < ' ' || r >= 0xE000 && r <= 0xF8FF || r >= 0xD800 && r < 0xE000 || r > 0x10FFFF {
		l.symbols++
		return ""
	}
	return string(r)
}

func private(r rune) bool { return r >= 0xF000 && r <= 0xF0FF }

func fontTable(font string) map[rune]string {
	switch strings.ToLower(font) {
	case "wingdings":
		return wingdings
	case "wingdings 2":
		return wingdings2
	case "symbol":
		return symbolFont
	}
	return nil
}

// symbols replaces the private characters of a symbol font in a text. Others
// stay as they are: what they show is not known, that they are there is.
func symbols(text, font string, l *left) string {
	if !strings.ContainsFunc(text, private) {
		return text
	}
	table := fontTable(font)
	var sb strings.Builder
	for _, r := range text {
		s, ok := table[r&0xFF]
		switch {
		case !private(r):
			sb.WriteRune(r)
		case ok:
			sb.WriteString(s)
		default:
			l.symbols++
		}
	}
	return sb.String()
}
