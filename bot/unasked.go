package bot

import (
	"regexp"
	"strings"
	"unicode"
)

// unasked answers a message that is nothing but a personal number, a figure or
// an address on the web: none of them says what is to be known.
func (t *turn) unasked(text string) (Reply, bool) {
	rest := withoutPrivate(text)
	switch {
	case rest != text && letters(replaceAll(rest, numberWords)) == 0:
		return t.say(SmallTalk, "private", sayPrivate()), true
	case onlyFigures(rest):
		return t.say(SmallTalk, "figure", sayFigure()), true
	case strings.TrimSpace(webAddress.ReplaceAllString(rest, "")) == "":
		return t.say(SmallTalk, "link", sayLink()), true
	}
	return Reply{}, false
}

// numberWords are what people write beside a personal number.
var numberWords = strings.Fields("我的 我 本人 是 号码 号 电话 手机 手机号 联系电话 联系方式 身份证 身份证号 身份证号码 银行卡 银行卡号 卡号 邮箱 微信 这是 姓名 叫 打 给 回 请 和 的")

// webAddress is an address on the web, alone.
var webAddress = regexp.MustCompile(`(?i)^(?:https?://\S+|www\.\S+)$`)

// hotline is a public number: 12345, 12333, 110.
var hotline = regexp.MustCompile(`^(?:12[0-9]{3}|11[0-9]|12[0-2]|9[56][0-9]{3})$`)

// onlyFigures reports whether a text has nothing but numbers, in any script, but
// at least one.
func onlyFigures(text string) bool {
	if hotline.MatchString(onlyLetters(text)) {
		return false // what it is for can be asked
	}
	n := 0
	for _, r := range text {
		switch {
		case unicode.IsNumber(r), strings.ContainsRune("零〇一二三四五六七八九十百千万两壹贰叁肆伍陆柒捌玖拾佰仟", r):
			n++
		case unicode.IsLetter(r):
			return false
		}
	}
	return n > 0
}
