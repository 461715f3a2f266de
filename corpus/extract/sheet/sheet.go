// Package sheet reads xlsx and CSV into rows of cells.
package sheet
