package io.unicorn.master.arbiter.pool;

import java.util.ArrayList;
import java.util.List;

import io.unicorn.ipc.Message;
import io.unicorn.master.arbiter.pool.Effect.Level;

/**
 * Collects the effects of one event, in the order in which they are to be performed. Not
 * thread-safe.
 */
public final class EffectBuffer {

	private final List<Effect> effects = new ArrayList<>();

	/**
	 * Return the effects that were added since the last call.
	 */
	public List<Effect> take() {
		List<Effect> taken = List.copyOf(this.effects);
		this.effects.clear();
		return taken;
	}

	public void add(Effect effect) {
		this.effects.add(effect);
	}

	public void log(Level level, String text) {
		add(new Effect.Log(level, text));
	}

	public void send(Worker worker, Message.FromMaster message) {
		add(new Effect.Send(worker.id(), message));
	}

}
