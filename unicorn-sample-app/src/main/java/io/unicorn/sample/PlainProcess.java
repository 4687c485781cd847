package io.unicorn.sample;

import org.jspecify.annotations.Nullable;

/**
 * The identity of an application that runs without a pool: alone, and therefore its own
 * leader.
 */
final class PlainProcess implements WorkerIdentity {

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
