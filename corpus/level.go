package corpus

// Level is the rank of a rule, 效力级别, as the national law database names it.
// "" is not known.
type Level string

// The levels, highest first. Those of a ministry and of a provincial
// government do not outrank each other.
const (
	Constitution    Level = "宪法"
	Law             Level = "法律"
	AdminRegulation Level = "行政法规"
	JudicialRule    Level = "司法解释"
	LocalRegulation Level = "地方性法规"
	MinistryRule    Level = "部门规章"
	LocalRule       Level = "地方政府规章"
	Normative       Level = "规范性文件"
)
