package io.unicorn.sample;

import org.jspecify.annotations.Nullable;

/**
 * Identifies a process that runs without a pool. It is the only process of its
 * application and therefore the leader.
 */
final class PlainProcessInfo implements ProcessInfo {

	private final long pid = ProcessHandle.current().pid();

	@Override
	public long pid() {
		return this.pid;
	}

	@Override
	public @Nullable Integer worker() {
		return null;
	}

	@Override
	public @Nullable Integer generation() {
		return null;
	}

	@Override
	public boolean leader() {
		return true;
	}

}
