package wechat

import (
	"errors"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/policybot/policybot/bot"
)

// inbound makes a message of a type with the elements given.
func inbound(typ, elements string) string {
	return `<xml><ToUserName><![CDATA[` + account + `]]></ToUserName><FromUserName><![CDATA[` + citizen +
		`]]></FromUserName><CreateTime>1789999999</CreateTime><MsgType><![CDATA[` + typ + `]]></MsgType>` + elements + `</xml>`
}

func event(name, elements string) string {
	return inbound("event", "<Event><![CDATA["+name+"]]></Event>"+elements)
}

func TestKinds(t *testing.T) {
	t.Parallel()
	const key = "<EventKey><![CDATA[POLICY_老人卡]]></EventKey>"
	for name, tt := range map[string]struct {
		in         string
		kind       bot.Kind
		text, menu string
	}{
		"text":                   {inbound("text", "<Content><![CDATA[老人卡在哪里办？]]></Content><MsgId>1</MsgId>"), bot.Text, "老人卡在哪里办？", ""},
		"text without content":   {inbound("text", "<MsgId>1</MsgId>"), bot.Text, "", ""},
		"text outside CDATA":     {inbound("text", "<Content>A &lt; B &amp; C</Content><MsgId>1</MsgId>"), bot.Text, "A < B & C", ""},
		"tapped":                 {inbound("text", "<Content>1</Content><MsgId>1</MsgId><bizmsgmenuid>101</bizmsgmenuid>"), bot.Text, "1", "101"},
		"tapped, no number":      {inbound("text", "<Content>1</Content><MsgId>1</MsgId><bizmsgmenuid>card#a-1</bizmsgmenuid>"), bot.Text, "1", "card#a-1"},
		"tapped, large":          {inbound("text", "<Content>1</Content><MsgId>1</MsgId><bizmsgmenuid>99999999999999999999</bizmsgmenuid>"), bot.Text, "1", "99999999999999999999"},
		"image":                  {inbound("image", "<PicUrl>http://x/1</PicUrl><MediaId>m</MediaId><MsgId>1</MsgId>"), bot.Media, "", ""},
		"voice":                  {inbound("voice", "<MediaId>m</MediaId><Format>amr</Format><MsgId>1</MsgId>"), bot.Voice, "", ""},
		"voice with transcript":  {inbound("voice", "<Recognition><![CDATA[怎么办卡]]></Recognition><MsgId>1</MsgId>"), bot.Voice, "怎么办卡", ""},
		"video":                  {inbound("video", "<MediaId>m</MediaId><ThumbMediaId>n</ThumbMediaId><MsgId>1</MsgId>"), bot.Media, "", ""},
		"short video":            {inbound("shortvideo", "<MediaId>m</MediaId><MsgId>1</MsgId>"), bot.Media, "", ""},
		"link":                   {inbound("link", "<Title>t</Title><Description>d</Description><Url>https://x</Url><MsgId>1</MsgId>"), bot.Media, "", ""},
		"file":                   {inbound("file", "<Title>t</Title><MsgId>1</MsgId>"), bot.Media, "", ""},
		"location":               {inbound("location", "<Location_X>23.1</Location_X><Location_Y>113.3</Location_Y><Scale>20</Scale><Label><![CDATA[青岚市河东路1号]]></Label><MsgId>1</MsgId>"), bot.Location, "青岚市河东路1号", ""},
		"unknown type":           {inbound("miniprogrampage", "<MsgId>1</MsgId>"), bot.Ignored, "", ""},
		"subscribe":              {event("subscribe", "<EventKey></EventKey>"), bot.Subscribe, "", ""},
		"subscribe by code":      {event("subscribe", "<EventKey>qrscene_counter7</EventKey><Ticket>T</Ticket>"), bot.Subscribe, "", "counter7"},
		"unsubscribe":            {event("unsubscribe", ""), bot.Unsubscribe, "", ""},
		"scan":                   {event("SCAN", "<EventKey>counter7</EventKey><Ticket>T</Ticket>"), bot.Subscribe, "", "counter7"},
		"position in passing":    {event("LOCATION", "<Latitude>23.1</Latitude><Longitude>113.3</Longitude><Precision>119</Precision>"), bot.Ignored, "", ""},
		"click":                  {event("CLICK", key), bot.Click, "", "POLICY_老人卡"},
		"click in small letters": {event("click", key), bot.Click, "", "POLICY_老人卡"},
		"view":                   {event("VIEW", "<EventKey>https://qinglan.example</EventKey><MenuId>1</MenuId>"), bot.Ignored, "", ""},
		"mini program":           {event("view_miniprogram", "<EventKey>pages/i</EventKey>"), bot.Ignored, "", ""},
		"scan code, waiting":     {event("scancode_waitmsg", key+"<ScanCodeInfo><ScanType>qrcode</ScanType><ScanResult>1</ScanResult></ScanCodeInfo>"), bot.Click, "", "POLICY_老人卡"},
		"scan code, pushed":      {event("scancode_push", key+"<ScanCodeInfo><ScanType>qrcode</ScanType></ScanCodeInfo>"), bot.Ignored, "", ""},
		"photo":                  {event("pic_sysphoto", key+"<SendPicsInfo><Count>2</Count><PicList><item><PicMd5Sum>a</PicMd5Sum></item><item><PicMd5Sum>b</PicMd5Sum></item></PicList></SendPicsInfo>"), bot.Ignored, "", ""},
		"photo or album":         {event("pic_photo_or_album", key), bot.Ignored, "", ""},
		"pictures":               {event("pic_weixin", key), bot.Ignored, "", ""},
		"place":                  {event("location_select", key+"<SendLocationInfo><Label>x</Label></SendLocationInfo>"), bot.Ignored, "", ""},
		"template report":        {event("TEMPLATESENDJOBFINISH", "<MsgID>2</MsgID><Status>success</Status>"), bot.Ignored, "", ""},
		"mass sending report":    {event("MASSSENDJOBFINISH", "<MsgID>2</MsgID><ArticleUrlResult><ResultList><item><ArticleIdx>1</ArticleIdx></item></ResultList></ArticleUrlResult>"), bot.Ignored, "", ""},
		"publishing report":      {event("PUBLISHJOBFINISH", "<PublishEventInfo><article_detail><item><idx>1</idx></item></article_detail></PublishEventInfo>"), bot.Ignored, "", ""},
		"subscription pop-up":    {event("subscribe_msg_popup_event", "<SubscribeMsgPopupEvent><List><TemplateId>x</TemplateId></List></SubscribeMsgPopupEvent>"), bot.Ignored, "", ""},
		"unknown event":          {event("brand_new", ""), bot.Ignored, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			q, err := newChannel(t, "", "", "").Decode(plainRequest(tt.in))
			if err != nil {
				t.Fatal(err)
			}
			if q.Kind != tt.kind || q.Text != tt.text || q.Menu != tt.menu {
				t.Errorf("got %s %q %q, want %s %q %q", q.Kind, q.Text, q.Menu, tt.kind, tt.text, tt.menu)
			}
			if !q.Time.Equal(time.Unix(1789999999, 0)) || q.Person != citizen || q.Account != "default" {
				t.Errorf("got %+v", q)
			}
		})
	}
}

func TestID(t *testing.T) {
	t.Parallel()
	c := newChannel(t, "", "", "")
	id := func(body string) string {
		t.Helper()
		q, err := c.Decode(plainRequest(body, func(q url.Values) { q.Del("openid") }))
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(q.ID, citizen) || len(q.ID) != 32 {
			t.Errorf("ID %q", q.ID)
		}
		return q.ID
	}
	other := func(s string) string { return strings.ReplaceAll(s, citizen, "oSomeoneElse") }
	msg := inbound("text", "<Content>一</Content><MsgId>24701234567890123456</MsgId>")
	click := event("CLICK", "<EventKey>A</EventKey>")
	seen := map[string]string{}
	for _, body := range []string{
		msg, other(msg), strings.Replace(msg, "456</MsgId>", "457</MsgId>", 1),
		click, other(click), strings.Replace(click, ">A<", ">B<", 1),
		strings.Replace(click, "1789999999", "1789999998", 1),
		event("LOCATION", ""), event("subscribe", ""),
		inbound("text", "<Content>一</Content>"), inbound("text", "<Content>二</Content>"),
	} {
		if was, twice := seen[id(body)]; twice {
			t.Errorf("the same ID for\n%s\n%s", body, was)
		}
		seen[id(body)] = body
	}
	if id(msg) != id(strings.Replace(msg, ">一<", ">一 <", 1)) {
		t.Error("a repeat is known by its MsgId alone")
	}
}

func TestParse(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		in string
		ok bool
	}{
		"smallest":               {"<xml/>", true},
		"declaration":            {`<?xml version="1.0" encoding="UTF-8"?><xml><A>1</A></xml>`, true},
		"white space":            {" \n<xml>\n <A>1</A>\n</xml>\n ", true},
		"split CDATA":            {"<xml><A><![CDATA[]]]]><![CDATA[>]]></A></xml>", true},
		"empty":                  {"", false},
		"white space only":       {"  ", false},
		"other root":             {"<html></html>", false},
		"two roots":              {"<xml/><xml/>", false},
		"not closed":             {"<xml><A>1</A>", false},
		"crossed":                {"<xml><A><B></A></B></xml>", false},
		"duplicate":              {"<xml><A>1</A><A>2</A></xml>", false},
		"duplicate, empty":       {"<xml><A/><A>2</A></xml>", false},
		"nested may repeat":      {"<xml><L><i>1</i><i>2</i></L></xml>", true},
		"text beside elements":   {"<xml><A>1<B>2</B></A></xml>", false},
		"text beside fields":     {"<xml>x<A>1</A></xml>", false},
		"text after the end":     {"<xml><A>1</A></xml>x", false},
		"comment":                {"<xml><!-- x --><A>1</A></xml>", false},
		"DOCTYPE":                {`<!DOCTYPE xml [<!ENTITY e "x">]><xml><A>&e;</A></xml>`, false},
		"external entity":        {`<!DOCTYPE xml SYSTEM "file:///etc/passwd"><xml/>`, false},
		"unknown entity":         {"<xml><A>&nbsp;</A></xml>", false},
		"the five":               {"<xml><A>&lt;&gt;&amp;&apos;&quot;</A></xml>", true},
		"control by number":      {"<xml><A>&#2;</A></xml>", false},
		"namespace":              {`<xml xmlns:a="b"><a:A>1</a:A></xml>`, false},
		"processing instruction": {"<xml><?php x?></xml>", false},
		"other encoding":         {`<?xml version="1.0" encoding="GBK"?><xml/>`, false},
		"deepest":                {"<xml>" + strings.Repeat("<a>", maxDepth-1) + strings.Repeat("</a>", maxDepth-1) + "</xml>", true},
		"too deep":               {"<xml>" + strings.Repeat("<a>", maxDepth) + strings.Repeat("</a>", maxDepth) + "</xml>", false},
		"most":                   {"<xml><L>" + strings.Repeat("<i/>", maxElements-2) + "</L></xml>", true},
		"too many":               {"<xml><L>" + strings.Repeat("<i/>", maxElements-1) + "</L></xml>", false},
		"deep bomb":              {strings.Repeat("<xml>", 50000), false},
	} {
		_, err := parse([]byte(tt.in))
		if (err == nil) != tt.ok || err != nil && !errors.Is(err, bot.ErrMalformed) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(message("老人卡在哪里办？")), "")
	f.Add([]byte(message("]]></Content><FromUserName>x</FromUserName><Content><![CDATA[")), "oX")
	f.Add([]byte(event("CLICK", "<EventKey>A</EventKey>")), citizen)
	f.Add([]byte("<xml><A>\x02\xff&#2;</A></xml>"), "")
	plain, safe := newChannel(f, "", "", ""), newChannel(f, "", key1, "")
	k := mustKey(f, key1)
	f.Fuzz(func(t *testing.T, body []byte, openid string) {
		q, err := plain.Decode(plainRequest(string(body), func(v url.Values) { v.Set("openid", openid) }))
		check(t, plain, q, err)
		// As the envelope, and as what is in it.
		q, err = safe.Decode(aesRequest(string(body), ""))
		if !errors.Is(err, bot.ErrUnauthorized) {
			t.Fatalf("believed: %+v, %v", q, err)
		}
		env, enc := envelope(k, string(body), appID, "")
		q, err = safe.Decode(aesRequest(env, enc))
		check(t, safe, q, err)
	})
}

// check asserts what holds for whatever Decode returns.
func check(t *testing.T, c *Channel, q bot.Question, err error) {
	t.Helper()
	if err != nil {
		if !errors.Is(err, bot.ErrUnauthorized) && !errors.Is(err, bot.ErrMalformed) {
			t.Fatalf("error of another kind: %v", err)
		}
		return
	}
	if q.Person == "" || q.Origin.To == "" || q.ID == "" || q.Kind == "" {
		t.Fatalf("got %+v", q)
	}
	if clean(q.Text) != q.Text || clean(q.Menu) != q.Menu {
		t.Fatalf("not clean: %+v", q)
	}
	body, err := c.Encode(q, bot.Reply{Text: "您问的是“" + q.Text + "”。"}, noon)
	if err != nil {
		t.Fatal(err)
	}
	if string(body) == success {
		return
	}
	if r := content(t, body); r.ToUserName != q.Person || r.Content == "" || len(r.Content) > textLimit {
		t.Fatalf("got %s", body)
	}
}
