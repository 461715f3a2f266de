package console_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"github.com/policybot/policybot/corpus/desk"
	"github.com/policybot/policybot/door"
)

func TestFirstRun(t *testing.T) {
	t.Parallel()
	d := open(t, "")
	c := d.client(t)
	c.get("/").must(t, http.StatusSeeOther)
	if to := c.get("/console/").must(t, http.StatusSeeOther).Header.Get("Location"); to != "/console/sign-in" {
		t.Errorf("sent to %q", to)
	}
	c.get("/console/sign-in").must(t, 200).says(t, "还没有工作人员", "一次性链接")
	address, until, err := d.First(t.Context())
	if err != nil || !strings.HasPrefix(address, d.base+"/console/begin/") {
		t.Fatal(address, err)
	}
	if left := until.Sub(time.UnixMilli(d.clock.Load())); left != door.FirstLife {
		t.Errorf("lasts %v", left)
	}
	link := strings.TrimPrefix(address, d.base)
	c.get(link).must(t, 200).says(t, "设置第一位管理人员")
	c.get(link).must(t, 200) // looking at it does not use it
	c.post(link, "display", "", "name", "王敏", "password", "short", "again", "x").must(t, 422).says(t, "登录名只能用小写字母", "密码至少要10个字符")
	c.post(link, "display", "王敏", "name", "wangmin", "password", good, "again", good+"x").must(t, 422).says(t, "两次输入的不一样")
	if to := c.post(link, "display", "王敏", "name", "wangmin", "password", good, "again", good).must(t, 303).Header.Get("Location"); to != "/console/" {
		t.Errorf("sent to %q", to)
	}
	c.get("/console/").must(t, 200).says(t, "王敏", "一周内没答上的问题")
	d.client(t).get(link).must(t, 404).says(t, "链接已失效")
	d.client(t).post(link, "display", "李雷", "name", "lilei", "password", good, "again", good).must(t, 404)
	if address, _, err := d.First(t.Context()); address != "" || err != nil {
		t.Errorf("another first link: %q, %v", address, err)
	}
	if got := d.actions(t); got != "person password signed-in asked" {
		t.Errorf("the history says %q", got)
	}
}

// TestFirstLinkIsVoid where somebody was entered meanwhile, or it is too old.
func TestFirstLinkIsVoid(t *testing.T) {
	t.Parallel()
	d := open(t, "")
	old, _, _ := d.First(t.Context())
	d.pass(door.FirstLife)
	c := d.client(t)
	d.enter(t, "early", "", desk.Editor) // who is no administrator
	c.get(strings.TrimPrefix(old, d.base)).must(t, 404)
	fresh, _, _ := d.First(t.Context())
	c.get(strings.TrimPrefix(fresh, d.base)).must(t, 200)
	c.post(strings.TrimPrefix(fresh, d.base), "display", "某", "name", "early", "password", good, "again", good).must(t, 422).says(t, "已经有人用了")
	c.get(strings.TrimPrefix(fresh, d.base)).must(t, 200)
	d.enter(t, "wangmin", "", desk.Admin)
	c.get(strings.TrimPrefix(fresh, d.base)).must(t, 404)
	c.post(strings.TrimPrefix(fresh, d.base), "display", "某", "name", "evil", "password", good, "again", good).must(t, 404)
	if all, err := d.store.Everybody(t.Context()); len(all) != 2 || err != nil {
		t.Error("a second first administrator")
	}
}

var inputValue = regexp.MustCompile(`name="(\w+)" value="([^"]*)"`)

func TestInviteAndReset(t *testing.T) {
	t.Parallel()
	d := open(t, "")
	d.enter(t, "admin", "", desk.Admin)
	c := d.client(t).signIn("admin")
	page := c.post("/console/people/new", "display", "李雷", "name", "lilei", "roles", "editor", "roles", "reviewer").must(t, 200)
	link := regexp.MustCompile(`<code id="link">` + regexp.QuoteMeta(d.base) + `([^<]+)</code>`).FindStringSubmatch(page.body)
	if link == nil {
		t.Fatal(page.words())
	}
	c.post("/console/people/new", "display", "李雷", "name", "lilei", "roles", "editor").must(t, 422).says(t, "已经有人用了")
	c.get("/console/people").must(t, 200).says(t, "李雷 lilei 编辑、审核 所有单位 还没设密码")

	their := d.client(t)
	their.get(link[1]).must(t, 200).says(t, "lilei")
	their.post(link[1], "password", "lilei12345678", "again", "lilei12345678").must(t, 422).says(t, "不要有登录名")
	their.post(link[1], "password", good, "again", good).must(t, 303)
	their.get("/console/").must(t, 200)
	their.get(link[1]).must(t, 404)
	their.get("/console/people").must(t, 403).says(t, "您的角色不能做这一步")

	c.post("/console/people/lilei/reset").must(t, 200).says(t, "给李雷的链接")
	their.get("/console/").must(t, 303)
	their.post("/console/sign-in", "name", "lilei", "password", good).must(t, 422).says(t, "登录名或密码不对")

	c.post("/console/people/lilei/disabled", "disabled", "yes").must(t, 303)
	c.get("/console/people/lilei").must(t, 200).says(t, "已停用", "随时可以恢复")
	c.post("/console/people/lilei/reset").must(t, 403)
	c.post("/console/people/admin/disabled", "disabled", "yes").must(t, 303)
	c.get("/console/people/admin").must(t, 200).says(t, "这样就没有管理人员了")
	c.post("/console/people/admin", "display", "某", "roles", "editor").must(t, 422).says(t, "这样就没有管理人员了")
	c.post("/console/people/lilei", "display", "李雷雷", "roles", "auditor", "agency", "青岚市民政局").must(t, 303)
	c.get("/console/people").must(t, 200).says(t, "李雷雷的资料已保存", "李雷雷 lilei 审计 青岚市民政局 已停用")
	c.get("/console/people").must(t, 200)
	if strings.Contains(c.get("/console/people").words(), "已保存") {
		t.Error("said twice")
	}
}

func TestDisabledAtOnce(t *testing.T) {
	t.Parallel()
	d := open(t, "")
	d.enter(t, "admin", "", desk.Admin)
	p := d.enter(t, "lilei", "", desk.Editor)
	c := d.client(t).signIn("lilei")
	c.get("/console/").must(t, 200)
	p.Disabled = true // as another process would do it
	if err := d.store.ChangePerson(t.Context(), p, desk.Actor{}); err != nil {
		t.Fatal(err)
	}
	c.get("/console/").must(t, 303)
	c.post("/console/sign-in", "name", "lilei", "password", good).must(t, 422).says(t, "登录名或密码不对")
}

func TestSecondFactor(t *testing.T) {
	t.Parallel()
	d := open(t, "")
	d.enter(t, "admin", "", desk.Admin)
	c, other := d.client(t).signIn("admin"), d.client(t).signIn("admin")
	c.post("/console/me/second", "confirm", "wrong").must(t, 422).says(t, "密码不对")
	c.get("/console/me/second").must(t, 303)
	c.post("/console/me/second", "confirm", good).must(t, 303)
	page := c.get("/console/me/second").must(t, 200)
	found := regexp.MustCompile(`<code class="secret">([A-Z2-7 ]+)</code>`).FindStringSubmatch(page.body)
	if found == nil || !strings.Contains(page.body, "<svg class=\"qr\"") {
		t.Fatal(page.body)
	}
	secret := strings.ReplaceAll(found[1], " ", "")
	code := func() string {
		text, err := totp.GenerateCode(secret, time.UnixMilli(d.clock.Load()))
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	c.post("/console/me/second/confirm", "code", "000000").must(t, 422).says(t, "动态码不对")
	c.post("/console/me/second/confirm", "code", code()).must(t, 303)
	c.get("/console/me").must(t, 200).says(t, "动态码已开启", "已开启。登录时除了密码")
	other.get("/console/").must(t, 303)

	d.pass(time.Minute)
	other.post("/console/sign-in", "name", "admin", "password", good, "next", "/console/history").must(t, 303)
	if to := other.get("/console/").must(t, 303).Header.Get("Location"); to != "/console/code" {
		t.Errorf("half signed in: sent to %q", to)
	}
	other.get("/console/code").must(t, 200)
	other.post("/console/code", "code", "123").must(t, 422).says(t, "动态码不对")
	if to := other.post("/console/code", "code", code(), "next", "/console/history").must(t, 303).Header.Get("Location"); to != "/console/history" {
		t.Errorf("sent to %q", to)
	}
	other.get("/console/").must(t, 200)
	late := d.client(t)
	late.post("/console/sign-in", "name", "admin", "password", good).must(t, 303)
	d.pass(door.CodeTime)
	if to := late.post("/console/code", "code", code()).must(t, 303).Header.Get("Location"); to != "/console/sign-in" {
		t.Errorf("a code that comes too late leads to %q", to)
	}
	other.signIn("admin")
	d.pass(time.Minute)
	other.post("/console/code", "code", code()).must(t, 303)
	third := d.client(t)
	third.post("/console/sign-in", "name", "admin", "password", good).must(t, 303)
	third.post("/console/code", "code", code()).must(t, 422).says(t, "已经用过")
	if log := d.logged(); strings.Contains(log, secret) || strings.Contains(log, code()) || strings.Contains(log, good) {
		t.Error("a secret is in the log")
	}
	c.post("/console/me/second/off", "confirm", good).must(t, 303)
	d.client(t).signIn("admin").get("/console/").must(t, 200)
}

func TestSignOutEverywhere(t *testing.T) {
	t.Parallel()
	d := open(t, "")
	d.enter(t, "admin", "", desk.Admin)
	var all []*client
	for range 3 {
		all = append(all, d.client(t).signIn("admin"))
	}
	all[0].get("/console/me").must(t, 200).says(t, "登录在哪里", "这里")
	all[0].post("/console/me/sessions", "which", "others").must(t, 303)
	all[0].get("/console/").must(t, 200)
	all[1].get("/console/").must(t, 303)
	all[2].signIn("admin")
	all[2].post("/console/me/sessions", "which", "all").must(t, 303)
	for _, c := range all {
		c.get("/console/").must(t, 303)
	}
	all[0].signIn("admin").post("/console/me/sessions", "which", strings.Repeat("a", 64)).must(t, 404)
	all[0].post("/console/me/sessions").must(t, 404)
	all[0].post("/console/sign-out").must(t, 303)
	all[0].get("/console/").must(t, 303)
}

func TestChangePassword(t *testing.T) {
	t.Parallel()
	d := open(t, "")
	d.enter(t, "admin", "", desk.Admin)
	c, other := d.client(t).signIn("admin"), d.client(t).signIn("admin")
	const next = "harbour 7 lantern"
	c.post("/console/me/password", "current", "wrong", "password", next, "again", next).must(t, 422).says(t, "密码不对")
	c.post("/console/me/password", "current", good, "password", "short", "again", "short").must(t, 422).says(t, "至少要10个字符")
	c.post("/console/me/password", "current", good, "password", next, "again", next).must(t, 303)
	c.get("/console/me").must(t, 200).says(t, "密码已改")
	other.get("/console/").must(t, 303)
	other.post("/console/sign-in", "name", "admin", "password", good).must(t, 422)
	other.post("/console/sign-in", "name", "admin", "password", next).must(t, 303)
}

// TestLateForm: what was typed before the session ran out is there after
// signing in again, for that person only, and goes where it was meant to go.
func TestLateForm(t *testing.T) {
	t.Parallel()
	d := open(t, "")
	d.enter(t, "admin", "", desk.Admin)
	d.enter(t, "other", "", desk.Admin)
	c := d.client(t).signIn("admin")
	d.pass(door.Idle + time.Minute)
	to := c.post("/console/people/new", "display", "李雷", "name", "lilei", "roles", "editor", "roles", "auditor").must(t, 303).Header.Get("Location")
	u, err := url.Parse(to)
	if err != nil || u.Path != "/console/sign-in" || u.Query().Get("kept") == "" {
		t.Fatal(to, err)
	}
	c.get(to).must(t, 200).says(t, "刚才填写的内容已经留下")
	stranger := d.client(t).signIn("other")
	stranger.get("/console/kept/"+u.Query().Get("kept")).must(t, 404)

	to = c.post("/console/sign-in", "name", "admin", "password", good, "kept", u.Query().Get("kept")).must(t, 303).Header.Get("Location")
	page := c.get(to).must(t, 200).says(t, "李雷", "lilei", "接着提交")
	form := url.Values{}
	for _, m := range inputValue.FindAllStringSubmatch(page.body, -1) {
		form.Add(m[1], m[2])
	}
	if !strings.Contains(page.body, `action="/console/people/new"`) || form.Encode() != "display=%E6%9D%8E%E9%9B%B7&name=lilei&roles=editor&roles=auditor" {
		t.Errorf("%s\n%s", form.Encode(), page.body)
	}
	c.do(http.MethodPost, "/console/people/new", form).must(t, 200).says(t, "给李雷的链接")
	d.pass(door.KeptFor)
	c.signIn("admin").get(to).must(t, 404)

	// A script is told, and keeps what it has.
	d.pass(door.Idle)
	c.header.Set("Accept", "application/json")
	late := c.post("/console/people/new", "display", "韩梅").must(t, 401)
	if !strings.Contains(late.body, `"signIn":"/console/sign-in"`) || late.Header.Get("Content-Type") != "application/json; charset=utf-8" {
		t.Error(late.body)
	}
	c.header.Del("Accept")
	// Passwords are never kept.
	to = c.post("/console/me/password", "current", good, "password", "x", "again", "x").must(t, 303).Header.Get("Location")
	if strings.Contains(to, "kept") {
		t.Error("a password is kept")
	}
	c.get(to).must(t, 200).says(t, "登录已失效，刚才的内容没有收到")
	// Somebody who has signed out has left nothing behind.
	c.signIn("admin").post("/console/sign-out").must(t, 303)
	if to := c.post("/console/people/new", "display", "韩梅").must(t, 303).Header.Get("Location"); strings.Contains(to, "kept") {
		t.Error(to)
	}
}
