package io.unicorn.master.listener;

import java.util.function.Consumer;

import io.unicorn.master.arbiter.pool.Effect;
import io.unicorn.master.arbiter.pool.Event;
import io.unicorn.master.log.LogQueue;
import io.unicorn.posix.PosixException;

/**
 * Performs the effects that concern listeners. Used by the master's main thread alone.
 */
public final class ListenerEffects {

	private final ListenerSet listeners;

	private final LogQueue log;

	private final Consumer<Event> events;

	/**
	 * Create.
	 * @param events receives the results
	 */
	public ListenerEffects(ListenerSet listeners, LogQueue log, Consumer<Event> events) {
		this.listeners = listeners;
		this.log = log;
		this.events = events;
	}

	/** Let no new connection begin. If the kernel refuses, the drain goes on without. */
	public void perform(Effect.BlockNewConnections effect) {
		try {
			this.listeners.refuseNew(effect.addresses());
		}
		catch (PosixException ex) {
			this.log.write(Effect.Level.WARN,
					"cannot block new connections, which begin while the last ones drain: " + ex.getMessage());
		}
	}

	/** Let new connections begin again. */
	public void perform(Effect.AdmitNewConnections effect) {
		try {
			this.listeners.admitNew(effect.addresses());
		}
		catch (PosixException ex) {
			this.log.write(Effect.Level.ERROR, "cannot admit new connections again: " + ex.getMessage());
		}
	}

	/** Count the connections in the backlogs, and report them. */
	public void perform(Effect.CountBacklog effect) {
		try {
			this.events.accept(this.listeners.count(effect.addresses()));
		}
		catch (PosixException ex) {
			this.log.write(Effect.Level.WARN, "cannot count the connections in the backlog: " + ex.getMessage());
			this.events.accept(new Event.BacklogCounted(0, 0, false));
		}
	}

	/** Close all listeners. */
	public void perform(Effect.CloseListeners effect) {
		this.listeners.closeAll();
	}

}
