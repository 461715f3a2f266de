package bot

import "testing"

func TestDigit(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]int{
		"2": 2, "２": 2, "②": 2, "2.": 2, "二": 2, "选2": 2, "第二个": 2, "选择第2项": 2, "回复 3": 3, "0": 0, "零": 0, "【1】": 1, "1️⃣": 1, "都不是": 0,
		"": -1, "12": -1, "88": -1, "十": -1, "2个月": -1, "选": -1, "一二": -1, "第": -1, "-": -1, "12345": -1,
	} {
		n, ok := Digit(Clean(in))
		if !ok {
			n = -1
		}
		if n != want {
			t.Errorf("Digit(%q) = %d, want %d", in, n, want)
		}
	}
}

func TestInDanger(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]bool{
		"我爸倒地上叫不醒了": true, "家里着火了快来人": true, "不想活了": true, "孩子不见了怎么办": true, "小孩掉水里了": true, "有煤气味头晕": true, "老公打我,怎么离婚": true,
		"晕倒住院医保能报销吗": false, "煤气中毒有补贴吗": false, "救命钱什么时候发": false, "火灾保险怎么买": false, "着火了保险赔偿吗": false, "狗走丢了怎么找": false, "遛狗的时候老人走丢了": true, "家里老人不见了，本来在小区里": true, "我妈不见了，身上没带钱": true, "离婚后老公不见面怎么办": false, "欠我工资的老板人不见了": false, "我妈的社保卡不见了": false, "老人卡": false, "": false,
	} {
		if got := shippedCues().inDanger(in); got != want {
			t.Errorf("inDanger(%q) = %v", in, got)
		}
	}
	long := ""
	for range 20 {
		long += "去年家人被困在电梯里至今没有人处理"
	}
	if shippedCues().inDanger(long) {
		t.Error("a long report of the past is an alarm")
	}
	for text, want := range map[string]bool{
		"低保被停了，没人告诉我为什么，我不活了": true, "欠我工资不给，逼得我要喝农药": true, "再不解决我就死给你们看": true, "活够了": true, "这日子没法活了": true,
		"忙得没法活动": false, "快活了一辈子": false, "跳楼价是不是虚假宣传": false, "死亡证明去哪开": false, "想死你们了": false,
	} {
		if got := despair(text); got != want {
			t.Errorf("despair(%q) = %v", text, got)
		}
	}
	if !shippedCues().inDanger(long + "我真的活不下去了") {
		t.Error("despair in a long message is none")
	}
}

func TestComplains(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]bool{
		"窗口态度太差了": true, "你们管不管": true, "我要举报": true, "建议把年龄降到55岁": false, "楼下天天吵得睡不着": true, "老板不发工资,人跑了": true,
		"老人卡在哪里办": false, "举报有奖励吗": false, "失业金怎么领": false, "噪音扰民罚多少": false, "": false,
	} {
		if got := shippedCues().complains(in) >= handOverAt; got != want {
			t.Errorf("complains(%q) = %d", in, shippedCues().complains(in))
		}
	}
}

func TestSmallTalk(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"在吗": "hello", "好的": "thanks", "好的,明白了": "thanks", "好的，谢谢，再见": "bye", "OK": "thanks", "你是谁?": "who", "转人工": "human", "投诉": "complaint",
		"88": "bye", "好的好的": "thanks", "嗯嗯嗯嗯": "thanks", "不对": "wrong", "老人卡": "", "好的,那社保卡呢": "", "": "",
	} {
		if got := shippedCues().chat(in); got != want {
			t.Errorf("smallTalk(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestBare(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]bool{"社保": true, "公积金": true, "老人卡": true, "社保吗": false, "怎么办": false, "失业保险金": false, "多少钱": false, "社保?": false} {
		if got := bare(in); got != want {
			t.Errorf("bare(%q) = %v", in, got)
		}
	}
}

func TestPleads(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]bool{
		"我家暖气一直不热,希望尽快解决": true, "隔断房存在隐患,请查处": true,
		"希望落户": false, "落户要到哪个部门办理": false, "老人卡多少钱": false,
	} {
		if got := shippedCues().pleads(in); got != want {
			t.Errorf("pleads(%q) = %v", in, got)
		}
	}
}

// Every line of the cue files is read, and reads as it should.
func TestCues(t *testing.T) {
	t.Parallel()
	c := shippedCues()
	if len(c.emergency) < 30 || len(c.complaint) < 50 || len(c.smallTalk) < 50 {
		t.Errorf("%d, %d, %d cues", len(c.emergency), len(c.complaint), len(c.smallTalk))
	}
	known := map[string]bool{"hello": true, "thanks": true, "bye": true, "who": true, "human": true, "complaint": true, "suggestion": true, "abuse": true, "wrong": true}
	for text, kind := range c.smallTalk {
		if !known[kind] || text == "" || onlyLetters(text) != text {
			t.Errorf("cue %q of kind %q", text, kind)
		}
	}
	for _, e := range c.emergency {
		if e.text == "" || containsAny(e.text, e.unless) {
			t.Errorf("cue %q can never be met", e.text)
		}
	}
	for _, e := range c.complaint {
		if e.text == "" || e.weight < 1 || e.weight > 2 {
			t.Errorf("cue %q weighs %d", e.text, e.weight)
		}
	}
}
