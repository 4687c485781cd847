package io.unicorn.boot.session;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ConcurrentModificationException;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;

import org.jspecify.annotations.Nullable;

import org.springframework.session.Session;

/**
 * A session of the store whose attributes are objects. The stored session has them as
 * bytes, and gets those that were changed when it is written: the ones that were set, and
 * those that were read and changed in place. What parallel requests have written to other
 * attributes stays.
 *
 * @param <S> the stored session
 */
final class SharedSession<S extends Session> implements Session {

	/** The attribute of a stored session that has its key in the store. */
	static final String KEY = "io.unicorn.key";

	private static final Duration NEVER = Duration.ofSeconds(-1);

	private final S stored;

	private final AttributeCodec codec;

	private final Changes changes;

	private final Map<String, Object> values = new ConcurrentHashMap<>();

	/** Names of attributes that were set or removed. */
	private final Set<String> set = ConcurrentHashMap.newKeySet();

	/** Names of attributes that the application has, and may change in place. */
	private final Set<String> read = ConcurrentHashMap.newKeySet();

	/**
	 * Create without attributes.
	 * @param stored what is written
	 * @param changes is told of what is written at once
	 */
	SharedSession(S stored, AttributeCodec codec, Changes changes) {
		this.stored = stored;
		this.codec = codec;
		this.changes = changes;
	}

	/**
	 * Read the attributes of the stored session.
	 * @param problem is told of each attribute that cannot be read, and why
	 * @return whether all could be read
	 */
	boolean load(BiConsumer<String, String> problem) {
		boolean complete = true;
		for (String name : this.stored.getAttributeNames()) {
			if (name.equals(KEY)) {
				continue;
			}
			byte[] bytes = this.stored.getRequiredAttribute(name);
			try {
				this.values.put(name, this.codec.decode(bytes));
			}
			catch (IOException ex) {
				problem.accept(name, AttributeCodec.reason(ex));
				complete = false;
			}
		}
		return complete;
	}

	/**
	 * Hand what was changed to the stored session, as bytes. What cannot be serialized is
	 * left out.
	 * @param problem is told the name and the value of what was left out, and why
	 * @return whether there was a change
	 */
	synchronized boolean flush(Problem problem) {
		boolean changed = false;
		for (String name : Set.copyOf(this.set)) {
			this.set.remove(name);
			changed = true;
			Object value = this.values.get(name);
			if (value != null && !AttributeCodec.isImmutable(value)) {
				this.read.add(name);
			}
			write(name, value, true, problem);
		}
		for (String name : this.read) {
			changed |= write(name, this.values.get(name), false, problem);
		}
		return changed;
	}

	private boolean write(String name, @Nullable Object value, boolean always, Problem problem) {
		if (value == null) {
			this.stored.removeAttribute(name);
			return always;
		}
		try {
			byte[] bytes = this.codec.encode(value);
			byte[] before = this.stored.getAttribute(name);
			if (!always && before != null && !this.codec.isChanged(before, bytes)) {
				return false;
			}
			if (!AttributeCodec.isImmutable(value)) {
				// What can be written and not read would end the session.
				this.codec.decode(bytes);
			}
			this.stored.setAttribute(name, bytes);
			return true;
		}
		catch (IOException ex) {
			if (ex.getCause() instanceof ConcurrentModificationException) {
				// Another thread changes it now. What is stored stays until the next
				// flush.
				this.set.add(name);
				return false;
			}
			problem.accept(name, value, AttributeCodec.reason(ex));
			boolean removed = this.stored.getAttribute(name) != null;
			this.stored.removeAttribute(name);
			return removed;
		}
	}

	S stored() {
		return this.stored;
	}

	@Override
	public String getId() {
		return this.stored.getId();
	}

	@Override
	public String changeSessionId() {
		String before = this.stored.getId();
		String now = this.stored.changeSessionId();
		byte[] key = this.stored.getAttribute(KEY);
		this.changes.renamed((key != null) ? new String(key, StandardCharsets.UTF_8) : null, before, now);
		return now;
	}

	@Override
	@SuppressWarnings({ "unchecked", "TypeParameterUnusedInFormals" })
	public <T> @Nullable T getAttribute(String name) {
		Object value = this.values.get(name);
		if (value != null && !AttributeCodec.isImmutable(value)) {
			this.read.add(name);
		}
		return (T) value;
	}

	@Override
	public Set<String> getAttributeNames() {
		return Set.copyOf(this.values.keySet());
	}

	/**
	 * Set an attribute. The same object once more counts as read: frameworks do that with
	 * all that they have read, changed or not.
	 */
	@Override
	public void setAttribute(String name, @Nullable Object value) {
		if (value == null) {
			removeAttribute(name);
			return;
		}
		Object before = this.values.put(name, value);
		if (before != value || AttributeCodec.isImmutable(value)) {
			this.set.add(name);
		}
		else {
			this.read.add(name);
		}
	}

	@Override
	public void removeAttribute(String name) {
		this.values.remove(name);
		this.read.remove(name);
		this.set.add(name);
	}

	@Override
	public Instant getCreationTime() {
		return this.stored.getCreationTime();
	}

	@Override
	public void setLastAccessedTime(Instant time) {
		this.stored.setLastAccessedTime(time);
	}

	@Override
	public Instant getLastAccessedTime() {
		return this.stored.getLastAccessedTime();
	}

	@Override
	public void setMaxInactiveInterval(Duration interval) {
		// Zero is never, as in a server.
		Duration time = interval.isZero() ? NEVER : interval;
		this.stored.setMaxInactiveInterval(time);
		this.changes.expiresAfter(getId(), time);
	}

	@Override
	public Duration getMaxInactiveInterval() {
		return this.stored.getMaxInactiveInterval();
	}

	@Override
	public boolean isExpired() {
		return this.stored.isExpired();
	}

	/**
	 * Writes what other requests must not set back, at once.
	 */
	interface Changes {

		/** The key is {@code null} in a session that is new. */
		void renamed(@Nullable String key, String before, String now);

		/** The time is negative for never. */
		void expiresAfter(String id, Duration time);

	}

	/**
	 * Is told of an attribute that cannot be serialized.
	 */
	@FunctionalInterface
	interface Problem {

		void accept(String name, Object value, String reason);

	}

}
