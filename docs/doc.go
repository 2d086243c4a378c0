// Package docs holds the pages to what is true. Its tests follow each link, execute each block of
// shell and SQL against a private Postgres with the real program, and compare what that prints
// with what the page shows. CONTRIBUTING.md says how a block is marked that cannot be executed.
package docs
