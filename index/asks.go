package index

// Asks is what sort of answer a question wants.
type Asks string

// The sorts of answers; "" is none in particular.
const (
	AsksWhen    Asks = "when"
	AsksMuch    Asks = "how-much"
	AsksLong    Asks = "how-long"
	AsksWhere   Asks = "where"
	AsksWho     Asks = "who"
	AsksHow     Asks = "how"
	AsksWhich   Asks = "which"
	AsksMay     Asks = "may"
	AsksWhat    Asks = "what" // what something is
	AsksWhy     Asks = "why"
	AsksPhone   Asks = "phone"
	AsksAddress Asks = "link" // where on the web
)
