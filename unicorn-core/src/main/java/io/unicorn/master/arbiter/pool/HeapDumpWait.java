package io.unicorn.master.arbiter.pool;

import java.time.Instant;

/**
 * How long a silent worker is not taken for hung, because the master looks for a heap
 * dump that it writes, or has seen one grow.
 *
 * @param until until when
 * @param asked whether the master looks for it now
 * @param sizeBytes the size that was seen, -1 if none was
 */
public record HeapDumpWait(Instant until, boolean asked, long sizeBytes) {

	/** Nothing is known. */
	public static final HeapDumpWait NONE = new HeapDumpWait(Instant.MIN, false, -1);

	/** Return the state while the master looks. */
	public HeapDumpWait ask(Instant answerBy) {
		return new HeapDumpWait(answerBy, true, this.sizeBytes);
	}

	/** Return the state after a look at a dump that grows. */
	public static HeapDumpWait growing(long sizeBytes, Instant nextLook) {
		return new HeapDumpWait(nextLook, false, sizeBytes);
	}

}
