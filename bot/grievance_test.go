package bot

import (
	"strings"
	"testing"
)

// A complaint belongs to whom it is about, not to one word of it.
func TestWhoDidWhat(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"楼上卫生间漏水滴到我家厨房": "邻里纠纷", "开发商交的新房漏水": "房屋质量和交房", "邻居家养的鸟太吵": "噪声",
		"工地半夜还在施工吵得睡不着": "噪音", "楼下酒吧喇叭吵到两点": "噪声", "他家开豪车还吃低保": "低保",
		"停车场乱收停车费": "停车收费", "路口总有人违停": "停车和交通", "公司不发工资": "拖欠工资", "产假工资归谁算": "",
		"楼道里停满电瓶车还充电": "消防", "爱人是士官今年退伍": "退役军人", "遗属补贴申请没有音信": "遗属",
		"12345绑定的手机号换不了": "热线号码", "窗口工作人员态度恶劣": "窗口和服务", "这件事说不清": "",
	} {
		if got := neededFor(text).matter; got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
	long := strings.Repeat("我们院子里的老人每天一起打牌聊天，", 5)
	if got := neededFor(long + "门口修了公厕").matter; got != "" {
		t.Errorf("one word of a long message: %q", got)
	}
}

// A reply says nothing of its sender's matter that the sender hasn't said.
func TestLabels(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"他家在绿地上私搭了个棚子": "", "老板欠我们三个月的钱，工资没发": "", "垃圾堆在门口没人管": "垃圾", "家里暖气不热": "暖气", "窗口乱收手续费": "窗口",
	} {
		if got := neededFor(text).called; got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}

func TestHandedOverInKindWords(t *testing.T) {
	t.Parallel()
	for text, has := range map[string][]string{
		"楼下酒吧喇叭吵到两点，你们管不管":   {"我这里只能查政策", "110", "是哪一家"},
		"小区垃圾没人清，投诉过好几次都没人管": {"换谁都着急", "要求重新办理", "申请政府信息公开", "上一级"},
		"打了12345说已处理，根本没处理":  {"要求重新办理"},
		"投诉": {"您想反映什么事", "12345登记"},
		"请问东湖路什么时候修通？我建议在路口增加路灯": {"具体项目的安排", "您的建议"},
		"建议把东湖公园的开放时间延长":         {"谢谢您的建议"},
	} {
		r := qinglan().typed(t, text)
		checkText(t, r, Redirected, has, "不能判断对错", "我们会补上", "问，或")
	}
}

func TestAskingIsNoComplaint(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]Intent{
		"打热线投诉会不会把我名字告诉对方": Consultation, "举报能不能匿名": Consultation, "晚上几点以后算扰民？": Consultation, "楼上漏水谁出钱修？": Consultation,
		"我要投诉楼上漏水，谁管": Complaint, "举报有人占道摆摊": Complaint, "投诉了两次没解决，怎么办": Complaint,
	} {
		if got := shippedCues().intent(Clean(text)); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}

func TestWhatIsARumour(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"群里说每个老人发1000元，去哪领": true, "有人说要交50块激活社保卡，是不是骗子": true, "朋友圈都在传下月一律停发补贴": true, "听说车票要涨价": true,
		"听说补贴能领了，怎么申请": false, "政府官网公示的加梯名单是否属实": false, "东湖村明年启动拆迁是否属实": false, "网传的拆迁是真的吗": true, "补贴怎么领": false,
	} {
		if got := rumour(text); got != want {
			t.Errorf("%s: %v", text, got)
		}
	}
	checkText(t, qinglan().typed(t, "群里说交30元手续费就发500元购物券，怎么领"), Refused, []string{"暂未见官方发布", "别急着转发", "先别交、别转"})
	checkText(t, qinglan().typed(t, "听说车票要涨价"), Refused, []string{"先别当真。"}, "转发", "别转")
	checkText(t, qinglan().typed(t, "政府官网公示的加梯名单是否属实"), Refused, []string{"官方渠道", "发布它的单位"}, "先别当真")
}

// What to do at once comes first, and nothing else is quoted.
func TestDangers(t *testing.T) {
	t.Parallel()
	for text, first := range map[string]string{
		"厨房煤气漏气了，燃气开户要什么材料": "先关总阀", "楼下失火了": "人先走", "我弟弟触电了": "先断电", "有个孩子掉河里了": "别自己下水", "屋里烧炭像是一氧化碳，人没劲了": "先把门窗全打开",
	} {
		w := qinglan()
		w.always(.9, w.hit("card", "a4", 9))
		r := w.typed(t, text)
		checkText(t, r, Emergency, []string{"119", "120"}, "敬老卡")
		if !strings.HasPrefix(r.Text, first) {
			t.Errorf("%s: %s", text, r.Text)
		}
	}
	w := qinglan()
	w.always(.9, w.hit("card", "a4", 9))
	checkText(t, w.typed(t, "前天家里失火了东西烧光，敬老卡年满几岁能办"), Emergency, []string{"有危险请马上打", "您还问了"}, "走楼梯")
	for _, text := range []string{"车胎漏气哪里修", "个人信息泄露了找谁", "燃气泄漏赔偿规定", "门窗漏气扣钱吗", "燃气泄漏报警器要装吗", "家里装一氧化碳报警器有补贴吗"} {
		if shippedCues().inDanger(text) {
			t.Errorf("%s: an alarm", text)
		}
	}
}

func TestProjects(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"河西路是否会建隔音屏": true, "北塘村会有拆迁吗": true, "这块地后续作为什么用途": true, "南湖公园建好了什么时候开放": true, "中段路归属哪里，后期有何规划": true,
		"车站有无障碍电梯吗": false, "老房拆迁补偿标准": false, "养狗要办证吗": false,
	} {
		if got := ofProject(text); got != want {
			t.Errorf("%s: %v", text, got)
		}
	}
	checkText(t, qinglan().typed(t, "我们楼什么时候加装电梯"), Refused, []string{"业主自己商量、自愿申请"}, "信息公开")
	checkText(t, qinglan().typed(t, "北塘村会有拆迁吗"), Refused, []string{"具体项目的安排", "12345问，说清楚"}, "，或", "补上")
}

func TestUpset(t *testing.T) {
	t.Parallel()
	w := qinglan()
	w.always(.9, w.hit("card", "a4", 9))
	checkText(t, w.typed(t, "跑了三趟都办不成，敬老卡几岁能办"), Answered, []string{"听得出您着急", "年满60周岁"})
	checkText(t, w.typed(t, "敬老卡几岁能办"), Answered, []string{"年满60周岁"}, "着急")
}

// The agency is that of what is asked, not of what is told by the way.
func TestTheMatterThatIsAsked(t *testing.T) {
	t.Parallel()
	w := newCounter(t, qinglan())
	view := w.responder(t).Agencies().For("default", true)
	for text, want := range map[string]string{
		"低保能不能和医保一起办": "", "我妈是低保户，敬老卡去哪里办": "青岚市民政局", "异地就医要备案吗": "青岚市医疗保障局", "居住证明怎么开": "",
	} {
		a, _ := matterIn(view, text, needOf(text)).Agency()
		if want != "" && a.Name != want {
			t.Errorf("%s: %s, want %s", text, a.Name, want)
		}
	}
}

// Who only tells of a trouble is told where to take it, not of a rule by the way.
func TestTellsTrouble(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"流浪狗咬了我家老人": true, "外卖里吃出了虫子": true, "老师把孩子打了": true, "暖气不热物业不管": true, "楼道堆满杂物有火灾隐患": true,
		"养狗": false, "狗咬了怎么赔": false, "停车费补贴办理": false, "物业费收费标准": false, "敬老卡坏了": false, "天气太热": false,
	} {
		if got := tellsTrouble(text); got != want {
			t.Errorf("%s: %v", text, got)
		}
	}
	w := qinglan()
	w.always(.5, w.hit("card", "a4", 9))
	checkText(t, w.typed(t, "流浪狗咬了我家老人"), Redirected, []string{"狗的事，请打12345登记", "疫苗"}, "敬老卡")
	checkText(t, qinglan().typed(t, "有人打电话说敬老卡异常要我转账"), Refused, []string{"先别交、别转、别点", "110"})
}
