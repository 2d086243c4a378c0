// Package e2e holds the tests of the whole: fleets of the real binary, started as
// processes of their own, on a real Postgres with an application beside them.
//
// What the fleet did is judged from outside, by SQL: a trigger of the tests keeps a
// ledger of every row that anyone deletes, with the state that it was deleted in.
//
// Files that begin with harness_ are what the tests stand on: the program that is built
// (binary), its processes and fleets (process, fleet), the test's database with its tables
// and ledger (database, tokens, runs), the application (app), a network that can fail (proxy),
// and what every test ends with (invariants). The other files are the tests.
package e2e
