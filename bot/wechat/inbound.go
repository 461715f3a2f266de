package wechat

import "github.com/policybot/policybot/bot"

// Inbound is a type of message or event of the platform's, and what a citizen
// who sends it gets.
type Inbound struct{ Type, Gets string }

// Inbounds lists the platform's types as understand takes them.
func Inbounds() []Inbound {
	gets := map[bot.Kind]string{
		bot.Text:        "an answer",
		bot.Voice:       "an answer where the platform sends a transcript, else a request to type",
		bot.Media:       "a request to type: pictures and files are not read",
		bot.Location:    "a request to type what it is about",
		bot.Subscribe:   "the greeting",
		bot.Unsubscribe: "nothing; what was kept of the person is removed",
		bot.Click:       "an answer to the entry's key, as if it had been typed",
		bot.Ignored:     "nothing (acknowledged)",
	}
	types := []struct {
		name   string
		fields fields
	}{
		{"text 文字", fields{"MsgType": "text"}},
		{"voice 语音", fields{"MsgType": "voice"}},
		{"image 图片, video 视频, link 链接", fields{"MsgType": "image"}},
		{"location 位置", fields{"MsgType": "location"}},
		{"subscribe 关注, SCAN 扫码", fields{"MsgType": "event", "Event": "subscribe"}},
		{"unsubscribe 取消关注", fields{"MsgType": "event", "Event": "unsubscribe"}},
		{"CLICK 菜单点击", fields{"MsgType": "event", "Event": "CLICK"}},
		{"VIEW 菜单跳转 and other events", fields{"MsgType": "event", "Event": "VIEW"}},
	}
	out := make([]Inbound, len(types))
	for i, t := range types {
		kind, _, _ := understand(t.fields)
		out[i] = Inbound{t.name, gets[kind]}
	}
	return out
}
