package desk

import (
	"context"
	"slices"

	"github.com/policybot/policybot/corpus"
)

// Account is a public account, as staff choose among them.
type Account struct {
	Name     string // as the configuration has it: minzheng
	Title    string // as citizens know it; "" is Name
	Agency   string // whose it is; "" is everybody's
	Greeting string // said to who subscribes; "" is the program's own
}

// Label is what staff know an account by.
func (a Account) Label() string {
	if a.Title != "" {
		return a.Title
	}
	return a.Name
}

// AccountsOf returns the accounts that a person may speak for: their agency's
// and those that are nobody's in particular.
func (d *Desk) AccountsOf(by Actor) []Account {
	if d.Accounts == nil {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(d.Accounts()), func(a Account) bool {
		return by.Agency != "" && a.Agency != "" && a.Agency != by.Agency
	})
}

// speaks reports whether a person may speak for an account, and see what it was
// asked.
func (d *Desk) speaks(by Actor) func(account string) bool {
	own := d.AccountsOf(by)
	return func(account string) bool {
		return by.Agency == "" || d.Accounts == nil || slices.ContainsFunc(own, func(a Account) bool { return a.Name == account })
	}
}

// Hears returns the accounts of which a person may see what they were asked; nil
// is all, also those that are gone.
func (d *Desk) Hears(by Actor) []string {
	if by.Agency == "" || d.Accounts == nil {
		return nil
	}
	names := []string{}
	for _, a := range d.AccountsOf(by) {
		names = append(names, a.Name)
	}
	return names
}

// choose checks which accounts a person means. None is all, those to come as
// well; of somebody of an agency, those that are theirs today.
func (d *Desk) choose(by Actor, names []string) ([]string, error) {
	if d.Accounts == nil {
		return names, nil
	}
	own := d.AccountsOf(by)
	for _, name := range names {
		if !slices.ContainsFunc(own, func(a Account) bool { return a.Name == name }) {
			return nil, NotReady{"没有这个账号，请重新选"}
		}
	}
	if len(names) > 0 || by.Agency == "" {
		return names, nil
	}
	for _, a := range own {
		names = append(names, a.Name)
	}
	if len(names) == 0 {
		return nil, Denied("您的单位还没有账号，请管理人员在配置里加上")
	}
	return names, nil
}

// Greeting is what Check finds in an account's greeting.
type Greeting struct {
	Account Account
	Flaws   []Flaw
}

// CheckGreetings returns the greetings of a person's accounts that have
// something to be looked at.
func (d *Desk) CheckGreetings(ctx context.Context, by Actor) ([]Greeting, error) {
	if err := d.inside(by); err != nil {
		return nil, err
	}
	greeting := slices.DeleteFunc(d.AccountsOf(by), func(a Account) bool { return a.Greeting == "" })
	if len(greeting) == 0 {
		return nil, nil
	}
	k, err := d.Knowledge(ctx, "") // a greeting names no issuer: any account's will do
	if err != nil {
		return nil, err
	}
	k.Today = corpus.DayOf(d.Now())
	var all []Greeting
	for _, a := range greeting {
		if flaws := Check(corpus.Content{Text: a.Greeting}, k); len(flaws) > 0 {
			all = append(all, Greeting{a, flaws})
		}
	}
	return all, nil
}
