package main

import (
	"fmt"

	"github.com/policybot/policybot/corpus/extract"
	"github.com/policybot/policybot/corpus/extract/office"
)

// converter wires LibreOffice, where it is installed. Where it is not, import
// says of each file what to do instead.
func (t *tools) converter() {
	if c, err := office.Find(); err == nil {
		t.Convert, t.print = c.Convert, c.Print
	}
}

// recogniser wires the command that POLICYBOT_OCR names.
func (s *settings) recogniser(t *extract.Tools) error {
	if s.OCR == "" {
		return nil
	}
	r, err := office.NewRecogniser(s.OCR)
	if err != nil {
		return usageError{fmt.Errorf("--ocr: %w", err)}
	}
	t.Recognise = r.Text
	return nil
}
