package io.unicorn.boot;

import java.nio.charset.StandardCharsets;

/**
 * A message of a worker to the workers of its pool. Immutable, as long as no receiver
 * changes the payload.
 */
public final class PoolMessage {

	private final long sender;

	private final String topic;

	private final byte[] payload;

	PoolMessage(long sender, String topic, byte[] payload) {
		this.sender = sender;
		this.topic = topic;
		this.payload = payload;
	}

	/**
	 * Return the worker that has sent it.
	 * @return its {@linkplain PoolWorker#id() id}; 0 if there is no pool
	 */
	public long sender() {
		return this.sender;
	}

	/**
	 * Return what it is about.
	 */
	public String topic() {
		return this.topic;
	}

	/**
	 * Return its content. All receivers in this process share the array.
	 */
	@SuppressWarnings("EI_EXPOSE_REP")
	public byte[] payload() {
		return this.payload;
	}

	/**
	 * Return its content as text.
	 * @return the payload, decoded from UTF-8
	 */
	public String text() {
		return new String(this.payload, StandardCharsets.UTF_8);
	}

	@Override
	public String toString() {
		return this.payload.length + " bytes about " + this.topic + " of worker " + this.sender;
	}

}
