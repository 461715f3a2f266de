package bot

// danger is one in which something has to be done before anybody can come.
type danger struct {
	words []string
	first string // what to do at once
}

// dangers are those, the most urgent first.
var dangers = []danger{
	{[]string{"煤气中毒", "一氧化碳", "沼气中毒"}, "先把门窗全打开，把人移到通风的地方，别开灯、别点火，马上打120。"},
	{[]string{"漏气", "煤气", "燃气", "天然气", "液化气"},
		"先关总阀、打开门窗，别开灯、别碰任何开关、别点火，人马上出去。到了室外再打燃气公司的抢修电话或者119，别在屋里打。"},
	{[]string{"着火", "起火", "失火", "冒烟", "火灾", "烧起来"}, "人先走，走楼梯、别坐电梯，别回去拿东西，弯腰、捂住口鼻。到了安全的地方马上打119；出不去就关上门、用湿布堵门缝，在窗口呼救。"},
	{[]string{"触电", "漏电", "电线掉", "电线断", "电线落"}, "先断电。没断电别用手碰人，也别靠近落地的电线（离8米以外），马上打120；是电线的事再打95598。"},
	{[]string{"溺水", "掉水里", "掉河里", "掉井里", "落水"}, "别自己下水。大声喊人，递竹竿、扔救生圈或者空桶，马上打119和120。"},
}

// isOver is what a message says of a danger that is over: then it asks for help of
// another sort.
var isOver = []string{"前天", "昨天", "昨晚", "昨夜", "上周", "上个月", "上月", "去年", "前几天", "前阵子", "前段时间", "烧光", "烧没", "烧毁", "烧完", "烧得", "救助", "赔"}

// dangerOf is the danger that a message speaks of, where that is one of dangers
// and not over.
func dangerOf(text string) (danger, bool) {
	if containsAny(text, isOver) {
		return danger{}, false
	}
	for _, d := range dangers {
		if containsAny(text, d.words) {
			return d, true
		}
	}
	return danger{}, false
}
