// Package docx reads Word documents (Office Open XML, ECMA-376 Part 1) into
// blocks, with automatic numbers resolved.
package docx
