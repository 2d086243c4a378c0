package purge

import (
	"context"
	"errors"
	"fmt"
)

// detachment is an attempt to detach one partition.
type detachment struct {
	whole

	parent  relation
	attempt string // no other attempt has it, and nobody else can know it
}

// detach detaches a partition CONCURRENTLY, and notes in its mark how far that came. It returns the error of detaching.
//
// If the process dies before that is noted, no run drops the partition. The next run finishes detaching it, for that
// is what everybody wanted who may have begun to, and says that it is left.
func (r *slice) detach(ctx context.Context, d detachment) error {
	err := r.define(ctx, fmt.Sprintf("ALTER TABLE %s DETACH PARTITION %s CONCURRENTLY", d.parent.name, d.SQL()))
	note, tries := d.unmarkFailed(), noteTries
	switch {
	case err == nil:
		note = d.noteDetached()
	case isHindered(err):
		note, tries = d.noteAttempted(), 1 // later it could be somebody else who has begun
	}
	for try := 1; ; try++ {
		noteErr := r.define(ctx, note)
		if noteErr == nil || try == tries || !isHindered(noteErr) {
			return errors.Join(err, noteErr)
		}
		r.backOff(try, fmt.Sprintf("partition %s is locked by another session", d.Title()))
		if err := r.takeRest(ctx); err != nil {
			return err
		}
	}
}

// noteTries is how often a run tries to note how far it came, while others have the partition locked.
const noteTries = 5

// announce is SQL to run before DETACH: it marks the partition, if its bounds are still those that were looked at.
func (d detachment) announce() string {
	return d.block(`
	IF NOT EXISTS (
		SELECT
		FROM pg_catalog.pg_class AS c
		JOIN pg_catalog.pg_inherits AS i ON i.inhrelid OPERATOR(pg_catalog.=) c.oid
		WHERE c.oid OPERATOR(pg_catalog.=) the_partition
			AND i.inhparent OPERATOR(pg_catalog.=) the_table
			AND NOT i.inhdetachpending
			AND pg_catalog.pg_get_expr(c.relpartbound, c.oid) OPERATOR(pg_catalog.=) ` + quoteText(d.bounds) + `::pg_catalog.text
	) THEN
		RAISE EXCEPTION USING MESSAGE = 'it is not the partition any more that was looked at';
	END IF;
	mark := announcement;`)
}

// noteDetached is SQL to run after DETACH has succeeded: the second mark takes the place of the first.
func (d detachment) noteDetached() string {
	return d.block(`
	IF announced AND NOT EXISTS (SELECT FROM pg_catalog.pg_inherits AS i WHERE i.inhrelid OPERATOR(pg_catalog.=) the_partition) THEN
		SELECT ` + fmt.Sprintf(detachedMark, "c.oid", "the_table", "c.xmin") + ` INTO mark
		FROM pg_catalog.pg_class AS c
		WHERE c.oid OPERATOR(pg_catalog.=) the_partition;
	END IF;`)
}

// noteAttempted is SQL to run after DETACH has waited for others too long. If the partition is being detached now, DETACH has
// begun it, and the second mark says so: had somebody else begun it, DETACH would have failed with another error. If it
// is not, the first mark is taken away.
func (d detachment) noteAttempted() string {
	return d.block(`
	IF announced THEN
		SELECT CASE WHEN i.inhdetachpending THEN ` + fmt.Sprintf(detachedMark, "i.inhrelid", "i.inhparent", "i.xmin") + ` ELSE '' END INTO mark
		FROM pg_catalog.pg_inherits AS i
		WHERE i.inhrelid OPERATOR(pg_catalog.=) the_partition AND i.inhparent OPERATOR(pg_catalog.=) the_table;
	END IF;`)
}

// unmarkFailed is SQL to run after DETACH has failed: it takes this attempt's mark away, for nothing was begun, and whoever
// detaches the partition later may want to keep it.
func (d detachment) unmarkFailed() string {
	return d.block(`
	IF announced THEN
		mark := '';
	END IF;`)
}

// unmarkStale is SQL that takes the mark of an earlier attempt away from a partition that is attached as all others are.
func (d detachment) unmarkStale() string {
	return d.block(`
	IF EXISTS (
		SELECT
		FROM pg_catalog.pg_inherits AS i
		WHERE i.inhrelid OPERATOR(pg_catalog.=) the_partition AND i.inhparent OPERATOR(pg_catalog.=) the_table AND NOT i.inhdetachpending
	) THEN
		mark := '';
	END IF;`)
}

// finalize is SQL that finishes detaching a partition.
func finalize(e *examined, m marked) string {
	return fmt.Sprintf("ALTER TABLE %s DETACH PARTITION %s FINALIZE", e.name, m.SQL())
}

// block is SQL that has a table and its partition locked, so that nobody attaches or detaches it
// meanwhile, and then puts a mark before the partition's comment; an empty one takes the mark away. It has no
// name in it, and nobody can guess what ends its quotes.
func (d detachment) block(body string) string {
	return fmt.Sprintf(`DO $q%[1]s$
DECLARE
	the_partition CONSTANT pg_catalog.oid := %[2]d;
	the_table CONSTANT pg_catalog.oid := %[3]d;
	announcement CONSTANT pg_catalog.text := %[4]s;
	announced pg_catalog.bool;
	remark pg_catalog.text;
	mark pg_catalog.text;
BEGIN
	EXECUTE pg_catalog.format('LOCK TABLE ONLY %%s IN SHARE UPDATE EXCLUSIVE MODE', the_table::pg_catalog.regclass);
	EXECUTE pg_catalog.format('LOCK TABLE ONLY %%s IN SHARE UPDATE EXCLUSIVE MODE', the_partition::pg_catalog.regclass);
	remark := pg_catalog.obj_description(the_partition, 'pg_class');
	announced := coalesce(pg_catalog.split_part(remark, E'\n', 1) OPERATOR(pg_catalog.=) announcement, false);%[5]s
	IF mark IS NOT NULL THEN
		remark := pg_catalog.regexp_replace(remark, E'^siltgate: [^\\n]*\\n?', '');
		EXECUTE pg_catalog.format('COMMENT ON TABLE %%s IS %%L', the_partition::pg_catalog.regclass,
			CASE WHEN mark OPERATOR(pg_catalog.=) '' THEN remark ELSE pg_catalog.concat_ws(E'\n', mark, remark) END);
	END IF;
END $q%[1]s$`, d.attempt, d.OID, d.parent.oid, fmt.Sprintf(detachingMark, "the_partition", "the_table", quoteText(d.attempt)), body)
}
