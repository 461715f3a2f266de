package wechat

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"strconv"
	"strings"
	"time"

	"github.com/policybot/policybot/bot"
)

// question turns an authentic message into a Question; q has what is known
// already. A sender other than the query's openid, or an addressee other than
// the envelope's, is refused: both are signs of a message put together from
// others.
func (c *Channel) question(q bot.Question, p params, m fields) (bot.Question, error) {
	from, to := m["FromUserName"], m["ToUserName"]
	if from == "" || to == "" || len(from) > maxName || len(to) > maxName {
		if m["Encrypt"] != "" && len(c.keys) == 0 {
			return q, malformed("encrypted, but no AES key is configured")
		}
		return q, malformed("FromUserName or ToUserName missing")
	}
	if p.openid != "" && !same(from, p.openid) {
		return bot.Question{}, refused("sender")
	}
	if q.Origin.To != "" && !same(to, q.Origin.To) {
		return bot.Question{}, refused("addressee")
	}
	q.Person, q.Origin.To, q.Origin.Nonce = from, to, p.nonce
	sent, err := strconv.ParseInt(m["CreateTime"], 10, 64)
	if err != nil || sent < 0 || sent > 1<<40 {
		return q, malformed("CreateTime")
	}
	if m["MsgType"] == "" {
		return q, malformed("MsgType missing")
	}
	q.Time = time.Unix(sent, 0)
	q.Kind, q.Text, q.Menu = understand(m)
	q.ID = c.id(m)
	return q, nil
}

func same(a, b string) bool {
	return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1
}

// id is the de-duplication key: FromUserName|MsgId for messages (MsgIds have
// collided across citizens), FromUserName|CreateTime|Event|EventKey for
// events. It is a keyed hash, so that no openid gets into the journal with it.
func (c *Channel) id(m fields) string {
	parts := []string{m["FromUserName"], "event", m["CreateTime"], m["Event"], m["EventKey"]}
	if !strings.EqualFold(m["MsgType"], "event") {
		parts = []string{m["FromUserName"], "message", m["MsgId"]}
		if m["MsgId"] == "" {
			parts = append(parts, m["CreateTime"], m["MsgType"], m["Content"])
		}
	}
	h := hmac.New(sha256.New, []byte(c.token))
	for _, p := range parts {
		h.Write([]byte(strconv.Itoa(len(p)) + "|" + p))
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// understand maps the platform's types to kinds, with the text and the menu
// key. What it does not know is Ignored.
func understand(m fields) (kind bot.Kind, text, menu string) {
	switch strings.ToLower(m["MsgType"]) {
	case "text":
		// A number that is often, but not always, an integer.
		return bot.Text, m["Content"], m["bizmsgmenuid"]
	case "voice":
		return bot.Voice, m["Recognition"], ""
	case "image", "video", "shortvideo", "link", "file":
		return bot.Media, "", ""
	case "location":
		return bot.Location, m["Label"], ""
	case "event":
		kind, menu = understandEvent(m)
		return kind, "", menu
	}
	return bot.Ignored, "", ""
}

// understandEvent maps events. Whoever scans our code comes in by the door,
// following us already (SCAN) or from now on (subscribe). Ignored are those that no citizen waits on
// (reports of jobs, positions sent in passing, pages opened) and those that a
// message follows (pic_…, location_select).
func understandEvent(m fields) (kind bot.Kind, menu string) {
	key := m["EventKey"]
	switch strings.ToLower(m["Event"]) {
	case "subscribe", "scan":
		return bot.Subscribe, strings.TrimPrefix(key, "qrscene_")
	case "unsubscribe":
		return bot.Unsubscribe, ""
	case "click", "scancode_waitmsg":
		return bot.Click, key
	}
	return bot.Ignored, ""
}
