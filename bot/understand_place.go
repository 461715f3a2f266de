package bot

import (
	"regexp"
	"strings"

	"github.com/policybot/policybot/index"
)

// Role is what a place has to do with a question.
type Role string

// Roles of a place. Only the first says whose rules are asked for.
const (
	Applies   Role = "applies"   // 杭州的公积金怎么取
	Paid      Role = "paid"      // 长沙交的公积金能在咱县贷款吗: paid, issued, insured there
	Lives     Role = "lives"     // 在上海上班，孩子能在这边上学吗
	From      Role = "from"      // 户口是北京的
	Goes      Role = "goes"      // 去北京看病怎么备案
	Mentioned Role = "mentioned" // 北京路停车收费吗
)

// PlaceNamed is a place that a question names.
type PlaceNamed struct {
	Name string
	Role Role
	Own  bool // the account's place, or in it, or around it
}

// placesIn returns the places that a question names, with their roles.
func placesIn(text string, n Names) (out []PlaceNamed) {
	at := 0
	home := strings.TrimRight(n.Region, "省市县区州")
	atHome := home != "" && strings.Contains(text, home) || containsAny(text, hereWords)
	for _, name := range n.Lexicon.PlaceNames(text) {
		i := strings.Index(text[at:], name)
		if i < 0 {
			continue
		}
		before, after := text[:at+i], text[at+i+len(name):]
		p := PlaceNamed{Name: name, Own: n.own(name)}
		if p.Role = roleOf(before, after, atHome && !p.Own); p.Own && p.Role == Paid {
			p.Role = Applies
		}
		out = append(out, p)
		at += i + len(name)
	}
	if unnamed := otherUnnamed(text); unnamed != "" && n.Region != "" && len(out) == 0 {
		out = append(out, PlaceNamed{Name: unnamed, Role: Applies})
	}
	return out
}

// relativePlace is another place that is not named: 隔壁市的高龄津贴是多少.
var relativePlace = regexp.MustCompile(`(?:隔壁|邻近|相邻|旁边|别的|其他|其它|外)(?:的)?(?:省|市|县|区|城市|地方)(?:那边)?(?:的|是|怎么|有没有|有|能|发)`)

// otherUnnamed returns the words of a text that ask of another place without its
// name, "" where none do, or where it asks of the account's own besides.
func otherUnnamed(text string) string {
	m := relativePlace.FindString(text)
	if m == "" || containsAny(text, hereWords) || strings.HasPrefix(m, "外") && !strings.HasPrefix(text, m) {
		return "" // 外省的能办吗 may ask for people from there
	}
	rest := text[strings.Index(text, m)+len(m):]
	if strings.HasSuffix(m, "的") && containsAny(firstRunes(rest, 6), fromThere) {
		return ""
	}
	return strings.TrimRight(m, "的是怎么有没能发")
}

// fromThere are what people have from another place and ask about here: 别的市的
// 医保卡能用吗.
var fromThere = []string{"卡", "证", "照", "人", "户口", "户籍", "社保", "医保", "公积金", "保险", "车", "房", "单位", "公司", "医院", "学", "孩子", "亲戚", "朋友"}

// own reports whether a place is the account's, in it, or around it. Of an
// account without a region every place is.
func (n Names) own(name string) bool {
	if n.Region == "" {
		return true
	}
	own, of := n.Lexicon.PlacesIn(n.Region), n.Lexicon.PlacesIn(name)
	return own&of != 0 && index.Governs(name, n.Region)
}

// Words around a place that say what it has to do with the question.
var (
	hereWords  = []string{"咱", "我们这", "我们县", "我们市", "我们区", "俺们这", "你们这", "你们市", "你们县", "你们那", "您这", "贵市", "贵县", "我市", "我县", "本市", "本县", "本地", "当地户口", "这边", "这里", "这儿", "家乡", "老家", "回来", "转回", "转入", "转到", "转过来", "转来", "迁回", "迁来", "迁过来"}
	thereWords = []string{"那边", "那里", "那儿", "当地"}
	streetEnds = []string{"路", "街", "大道", "大街", "巷", "湾", "桥", "广场", "酒店", "饭店", "花园", "小区", "银行", "大学", "学院", "医院", "东路", "西路", "南路", "北路", "中路", "公司", "烤鸭", "现代"}
	fromBefore = []string{"从", "来自", "离开", "户口在", "户籍在", "户口是", "户籍是", "籍贯", "老家在", "老家是", "我是", "原来在", "以前在", "之前在", "原来是"}
	fromAfter  = []string{"人", "户口", "户籍", "的户口", "的户籍", "籍", "来的", "过来", "回来", "转过来", "转来", "迁来", "毕业", "嫁", "市户口", "市户籍", "市人", "省人", "的人", "那边转", "转回", "转入"}
	paidAfter  = []string{"交的", "缴的", "缴纳", "交了", "缴了", "交过", "交公积金", "交社保", "交医保", "缴存", "参保", "参加", "买的", "办的", "办过", "领的", "领取", "开的", "发的", "上的牌", "上牌", "牌照", "牌", "的牌照", "的社保", "的医保", "的公积金", "的养老", "的居住证", "的身份证", "的驾照", "的驾驶证", "社保卡", "医保卡", "号牌", "工作", "上班", "打工", "务工", "读书", "上学", "出生", "生的", "登记"}
	livesAfter = []string{"上班", "打工", "工作", "务工", "生活", "居住", "住", "租房", "读书", "上学", "上大学", "念书", "做生意", "定居", "带孙子", "带外孙", "带孩子", "养老"}
	livesFirst = []string{"在", "住在", "人在", "现在", "住", "长期在", "常年在", "定居"}
	goesBefore = []string{"去", "到", "往", "飞", "去往", "前往", "跑", "上", "奔", "赴", "跑去", "跑到", "送到", "转到", "转去", "转院到", "回"}
	treated    = []string{"看病", "看了病", "看的病", "住的院", "住了院", "住过院", "看个病", "看门诊", "住院", "就医", "就诊", "治病", "治疗", "手术", "开刀", "化疗", "透析", "放疗", "复查", "检查", "急诊", "拿药", "医院"}
	goesAfter  = []string{"总部", "分公司", "旅游", "旅行", "出差", "打工", "工作", "上班", "上学", "读书", "上大学", "生孩子", "生活", "养老", "定居"}
)

// homeThere takes away a 那边 that is not the place named last: 必须回户口那边办吗.
var homeThere = strings.NewReplacer("户口那", "", "户籍那", "", "老家那", "", "家里那", "", "娘家那", "", "婆家那", "", "原来那", "")

// roleOf says what a place between two pieces of a question has to do with it.
// here: the question also names the account's own place, or speaks of it.
func roleOf(before, after string, here bool) Role {
	after = strings.TrimLeft(after, "省市县区 ")
	switch {
	case beginsAny(after, streetEnds):
		return Mentioned
	case beginsAny(after, thereWords) && !here:
		return Applies
	case endsAny(before, goesBefore) && containsAny(firstRunes(after, 12), goesAfter),
		(endsAny(before, goesBefore) || strings.HasSuffix(before, "在")) && containsAny(firstRunes(after, 12), treated):
		return Goes
	case endsAny(before, fromBefore) || beginsAny(after, fromAfter):
		if here || asksNothingOf(after) {
			return From
		}
	case endsAny(before, livesFirst) && beginsAny(after, livesAfter) && !containsAny(homeThere.Replace(after), thereWords):
		return Lives
	case here && beginsAny(after, paidAfter):
		return Paid
	}
	if here {
		return Mentioned
	}
	return Applies
}

// asksNothingOf reports whether a place with what follows it is over before
// the question begins: 我是北京户口，能…, not 北京户口怎么办.
func asksNothingOf(after string) bool {
	clause := after
	if i := strings.IndexAny(after, " ,，。;；?？!！"); i >= 0 {
		clause = after[:i]
		return !asks(clause)
	}
	return containsAny(after, hereWords)
}

func beginsAny(s string, words []string) bool {
	for _, w := range words {
		if strings.HasPrefix(s, w) {
			return true
		}
	}
	return false
}

func endsAny(s string, words []string) bool {
	for _, w := range words {
		if strings.HasSuffix(s, w) {
			return true
		}
	}
	return false
}
