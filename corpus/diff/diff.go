// Package diff compares two revisions of a document passage by passage.
package diff
