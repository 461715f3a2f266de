package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/corpus/desk"
)

var (
	_ desk.People  = (*Store)(nil)
	_ desk.History = (*Store)(nil)
)

const staffColumns = `id, name, display, roles, agency, disabled`

func scanStaff(row interface{ Scan(...any) error }) (p desk.Staff, err error) {
	var roles string
	err = row.Scan(&p.ID, &p.Name, &p.Display, &roles, &p.Agency, &p.Disabled)
	for r := range strings.FieldsSeq(roles) {
		p.Roles = append(p.Roles, desk.Role(r))
	}
	return p, err
}

func rolesOf(p desk.Staff) string {
	var all []string
	for _, r := range desk.Roles() {
		if slices.Contains(p.Roles, r) {
			all = append(all, string(r))
		}
	}
	return strings.Join(all, " ")
}

// Person implements desk.People.
func (s *Store) Person(ctx context.Context, id int64) (desk.Staff, error) {
	return s.person(s.read.QueryRowContext(ctx, `SELECT `+staffColumns+` FROM staff WHERE id = $1`, id))
}

// PersonNamed implements desk.People.
func (s *Store) PersonNamed(ctx context.Context, name string) (desk.Staff, error) {
	return s.person(s.read.QueryRowContext(ctx, `SELECT `+staffColumns+` FROM staff WHERE name = $1`, name))
}

func (s *Store) person(row *sql.Row) (desk.Staff, error) {
	p, err := scanStaff(row)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return desk.Staff{}, fmt.Errorf("%w: no such person", corpus.ErrNotFound)
	case err != nil:
		return desk.Staff{}, fmt.Errorf("store: reading a person: %w", explain(err))
	}
	return p, nil
}

// Everybody implements desk.People.
func (s *Store) Everybody(ctx context.Context) ([]desk.Staff, error) {
	rows, err := s.read.QueryContext(ctx, `SELECT `+staffColumns+` FROM staff ORDER BY name`)
	if err != nil {
		return nil, fmt.Errorf("store: listing people: %w", explain(err))
	}
	defer rows.Close()
	var all []desk.Staff
	for rows.Next() {
		p, err := scanStaff(rows)
		if err != nil {
			return nil, fmt.Errorf("store: listing people: %w", explain(err))
		}
		all = append(all, p)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("store: listing people: %w", explain(err))
	}
	return all, nil
}

// AddPerson implements desk.People. Errors wrap ErrInvalid, too.
func (s *Store) AddPerson(ctx context.Context, p desk.Staff, by desk.Actor) (desk.Staff, error) {
	if f := p.Fault(); f != "" {
		return p, fmt.Errorf("%w: %s", ErrInvalid, f)
	}
	err := s.change(ctx, "adding a person", func(tx *sql.Tx) error {
		err := tx.QueryRowContext(ctx, `INSERT INTO staff (name, display, roles, agency, disabled, created)
			VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (name) DO NOTHING RETURNING id`,
			p.Name, p.Display, rolesOf(p), p.Agency, truth(p.Disabled), s.now().UnixMilli()).Scan(&p.ID)
		if errors.Is(err, sql.ErrNoRows) {
			return desk.ErrTaken
		}
		if err != nil {
			return err
		}
		return s.note(ctx, tx, by.Entry(desk.ActionPerson, "", 0, "新增人员"+p.Describe()))
	})
	return p, err
}

// ChangePerson implements desk.People. Errors wrap ErrInvalid and
// corpus.ErrNotFound, too.
func (s *Store) ChangePerson(ctx context.Context, p desk.Staff, by desk.Actor) error {
	if f := p.Fault(); f != "" {
		return fmt.Errorf("%w: %s", ErrInvalid, f)
	}
	return s.change(ctx, "changing a person", func(tx *sql.Tx) error {
		var name string
		err := tx.QueryRowContext(ctx, `UPDATE staff SET display = $1, roles = $2, agency = $3, disabled = $4
			WHERE id = $5 AND name = $6 RETURNING name`,
			p.Display, rolesOf(p), p.Agency, truth(p.Disabled), p.ID, p.Name).Scan(&name)
		if errors.Is(err, sql.ErrNoRows) {
			return corpus.ErrNotFound
		}
		if err != nil {
			return err
		}
		var admins int
		err = tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM staff WHERE disabled = 0 AND ' ' || roles || ' ' LIKE '% admin %'`).Scan(&admins)
		if err != nil {
			return err
		}
		if admins == 0 {
			return desk.ErrLastAdmin
		}
		return s.note(ctx, tx, by.Entry(desk.ActionPerson, "", 0, "修改人员"+p.Describe()))
	})
}
