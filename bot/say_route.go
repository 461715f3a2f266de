package bot

import (
	"regexp"
	"strings"
)

// What is said to who complains, proposes, curses, or asks for what no policy
// says.

// sayHandOver tells where a complaint goes, and what will be needed. who is the
// agency as the directory has it, "" where that is not known; again says that
// the person has been there in vain.
func sayHandOver(a Account, n need, who string, again bool) string {
	if again {
		return sayAgain(a, n, who)
	}
	return "这件事让您费心了，要有人去查、去办，我这里只能查政策。您可以这样办：\n\n" + sayRegister(a, n, who) + registered
}

// sayComplain asks who says nothing but 投诉 what about.
func sayComplain(a Account) string {
	return "您想反映什么事？写一两句给我，我先查查有没有规定、该找谁。\n\n着急的话，直接打" + a.Hotline + "登记，说清楚" + anyNeed.bring + "。"
}

// registered follows where to register.
const registered = "登记后会有编号，凭编号可以查进度。"

// sayAgain tells who has complained in vain how to go on: to be sent to the same
// place again helps nobody.
func sayAgain(a Account, n need, who string) string {
	if who != "" && n.sure {
		who = "\n这类事归" + who + "管。"
	} else {
		who = ""
	}
	return "反映过、还没解决，换谁都着急。可以接着这样办：\n" +
		"1 打" + a.Hotline + "，报原来的工单编号，说对结果不满意，要求重新办理；没登记过的，先登记\n" +
		"2 请承办单位给书面答复；想看处理的依据，可以申请政府信息公开\n" +
		"3 还不行，向承办单位的上一级部门反映" + who + "\n\n" +
		"请准备好：原来的工单编号和答复；" + n.bring + "。"
}

// againAndAgain is how people say that they have turned to somebody time after
// time: 多次拨打12345, 反映多年.
var againAndAgain = regexp.MustCompile(`(?:多次|屡次|多番|反复|再三|(?:连续|多)[一二两三四五六七八九十几\d]*[天周年月]).{0,9}?(?:12345|热线|反映|反应|投诉|举报|拨打|致电|求助|诉求|信访|上访|沟通)|(?:12345|反映|反应|投诉|举报|致电|求助|信访|上访).{0,6}?(?:多次|多年|数次|很多次|好多次|无果|无数次)`)

// unsolved reports whether a message says that its sender has complained in vain.
func unsolved(text string) bool {
	return containsAny(text, troubleCues()["vain"]) || againAndAgain.MatchString(text)
}

// sayRegister says where to take a complaint, with what: 工资的事，请打12345登记，
// 也可以找劳动保障监察机构（12333）。请准备好：….
func sayRegister(a Account, n need, who string) string {
	matter := ""
	if n.called != "" {
		matter = n.called + "的事，"
	}
	switch {
	case who != "" && n.phone != "":
		who = "，也可以打" + n.phone + "，或者找" + who
	case who != "":
		who = "，也可以找" + who
	case n.phone != "":
		who = "，也可以找" + n.who + "（" + n.phone + "）"
	case n.who != "":
		who = "，也可以找" + n.who
	}
	s := matter + "请打" + a.Hotline + "登记" + who
	if n.matter == "" {
		return s + "，准备好" + n.bring + "。"
	}
	return s + "。\n请准备好：" + n.bring + "。\n\n"
}

// sayTurnTo tells who asks what to do about a trouble where to take it, where no
// rule was found that answers.
func sayTurnTo(a Account, n need, who string, again bool) string {
	if again {
		return sayAgain(a, n, who)
	}
	return "这件事没有找到能直接答您的规定，可以这样办：\n\n" + sayRegister(a, n, who) + registered
}

// sayAlso follows an answer to somebody who complains as well.
func sayAlso(a Account, n need, who string, again bool) string {
	if again {
		return "反映过、还没解决的，可以打" + a.Hotline + "报原来的工单编号，说不满意，要求重新办理。"
	}
	return "要投诉、举报或者求助：" + strings.TrimSpace(sayRegister(a, n, who))
}

func saySuggestion(a Account, asked, who string) string {
	if who != "" {
		who = "，也可以直接告诉" + who
	}
	head := "谢谢您的建议。我这里只能查政策，递不上去，怕耽误了您的好意。"
	if asked != "" && !containsAny(asked, routeCues()["proposing"]) {
		head = "您说的事要有人去看、去办。我这里只能查政策，怕耽误了您。"
	}
	return head + "\n\n请打" + a.Hotline + "登记" + who + "，或在政府网站的“互动交流”栏留言。\n说清楚三点更容易办成：在哪里、现在怎么样、希望改成什么样。登记后会有编号，凭编号可以查答复。"
}

func sayAlsoSuggest(a Account) string {
	return "您的建议，请打" + a.Hotline + "登记，或在政府网站的“互动交流”栏留言，会有答复。"
}

// sayCalm answers abuse.
func sayCalm(a Account) string {
	return "听得出您不高兴，可能是事情没办顺，或者我没答好。\n\n您想办的是什么事？写一两句给我，我再查一遍。要找人说，请打" + a.Hotline + "。"
}

func sayOffTopic(instead string) string {
	s := "这不是政策上的事，我这里查不到。"
	if instead != "" {
		s += "您可以" + instead + "。"
	}
	return s + "\n\n想问哪项政策、怎么办事，直接打字就行。"
}

// sayProject answers who asks for the schedule of one project. Nobody else than
// the hotline is named: a project is seldom one agency's.
func sayProject(a Account) string {
	return "您问的是具体项目的安排，这类计划和进度不写在政策文件里，我不敢随便答您。\n\n请打" + a.Hotline + "问，说清楚项目或者地段的名称。也可以看所在区县政府网站的公告；没有公布的，可以申请政府信息公开。"
}

// sayLift answers who waits for a lift in their own house: nobody plans that but
// its owners.
func sayLift(a Account, choices []Choice) string {
	s := "老楼加装电梯由本单元的业主自己商量、自愿申请，没有统一排好的时间。哪一栋楼办到哪一步了，请问物业、社区，或者打" + a.Hotline + "。"
	if len(choices) > 0 {
		s += "\n\n想自己牵头办的，可以看（回复数字）：\n" + numberedLines(choices)
	}
	return s
}

// sayPersonal answers who asks for what stands in their own records.
func sayPersonal(a Account, who string) string {
	return "您个人的记录，比如余额、进度、到没到账，我这里看不到。\n\n请打" + a.Hotline + or(who) + "，报姓名和身份证号就能查。这些号码请不要发在这里。"
}

// sayDisclosure tells the way to papers that are not published: whom to ask,
// what to write, how long it takes (articles 27, 29, 33 and 36 of the
// regulations on government information).
func sayDisclosure(a Account, who string) string {
	if who == "" {
		who = "做出或者保存它的机关。不知道是哪家，先打" + a.Hotline + "问"
	}
	return "这份材料不在已公开的文件里。没有主动公开的，您可以申请公开：\n" +
		"1 向谁：" + who + "。找错了，它会告诉您归谁\n" +
		"2 写什么：姓名、身份证明和联系方式；材料的名称、文号或者特征；要纸质还是电子版\n" +
		"3 怎么交：当面、邮寄，或者在政府网站的“依申请公开”栏填表\n" +
		"4 多久：20个工作日内答复，要延长的最多再加20个工作日\n\n" +
		"依据《中华人民共和国政府信息公开条例》第二十七条、第二十九条、第三十三条、第三十六条。"
}

// sayRumour answers what was heard and is not published. r is what makes a
// rumour of it.
func sayRumour(a Account, who string, nearest []Choice, r rumoured) string {
	s := "您说的这件事，在已公开的文件里暂未见官方发布。\n"
	switch {
	case r.passedOn:
		s += "没有看到正式的，先别当真，也别急着转发。"
	case r.money || r.doubted:
		s += "没有看到正式的，先别当真。"
	default:
		s += "这里没查到，不等于一定没有。"
	}
	if r.money {
		s += "\n" + strings.TrimSpace(sayNoMoney)
	}
	if len(nearest) > 0 {
		s += "\n\n已公布的相关内容（回复数字查看）：\n" + numberedLines(nearest)
	}
	return s + "\n\n想问准，请打" + a.Hotline + orAsk(who) + "。"
}

// sayNoMoney stands where a rumour wants money.
const sayNoMoney = "让您交钱、转账、点链接或者报验证码的，先别交、别转、别点，问清楚再说；钱已经转了的，马上打110。\n\n"

// sayOfficial answers who asks whether something is so that an official place
// has said: only that place can confirm it.
func sayOfficial(a Account) string {
	return "您说的消息是官方渠道出来的，我这里没有收录，没法替它核实。\n\n请直接问发布它的单位，或者打" + a.Hotline + "，说清楚是在哪里、哪天看到的。"
}

// sayPublished stands before what was published on what a rumour is about.
func sayPublished() string { return "没有看到专门的官方说明。已公布的规定是：\n\n" }

// sayMore asks for more than a word that says nothing.
func sayMore() string {
	return "这几个字我没看明白。请写上是什么事，比如：社保卡丢了怎么补？"
}

// sayPrivate answers who sends nothing but a personal number.
func sayPrivate() string {
	return "您发来的像是电话、证件号或者卡号。这里用不着，为了您的安全，请不要再发。\n\n想问哪项政策、怎么办事，直接打字就行。"
}

// sayFigure answers who sends nothing but a number that stands for no choice.
func sayFigure() string {
	return "只看到数字，不知道您想问什么。请写上是什么事，比如：满80岁有什么补贴？"
}

// sayLink answers who sends nothing but an address.
func sayLink() string {
	return "网页我打不开。请把想问的事打字发给我，一两句话就行。"
}

// sayFact answers who only says who they are.
func sayFact() string {
	return "知道了。您想问哪件事？请写上再发一次，比如：能领什么补贴、怎么办、要带什么材料。"
}

// sayPlaceOnly asks what is to be known of a place.
func sayPlaceOnly(place string) string {
	return "您想问" + place + "的什么事？把事情写上再发一次，比如：居住证在哪里办？"
}

// sayPasted answers who sends a whole document.
func sayPasted(choices []Choice) string {
	s := "您发来的像是一份文件的原文。想问其中哪一点？请写一两句话，比如：谁可以申请、要带什么材料。"
	if len(choices) > 0 {
		s += "\n\n内容最接近的是（回复数字查看）：\n" + numberedLines(choices)
	}
	return s
}

// sayLate offers again what a number came too late for.
func sayLate(choices []Choice) string {
	return "离上次的选项已经过了十分钟，怕您选的不是这个，再列一遍。您想问的是哪一个？\n" + numberedLines(choices) + "\n0 都不是"
}

// sayBesides stands before what a message asks besides the danger that it
// speaks of.
func sayBesides(asked string) string { return "您还问了“" + asked + "”：\n" }
