package io.unicorn.ipc.group;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The requests of this member that have no reply yet. Thread-safe.
 */
final class Requests {

	private record Open(long member, CompletableFuture<byte[]> reply) {

	}

	private final Map<Long, Open> open = new ConcurrentHashMap<>();

	private final AtomicLong last = new AtomicLong();

	long nextNumber() {
		return this.last.incrementAndGet();
	}

	CompletableFuture<byte[]> begin(long number, long member, Duration timeout) {
		CompletableFuture<byte[]> reply = new CompletableFuture<>();
		this.open.put(number, new Open(member, reply));
		var unused = reply.orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
			.whenComplete((payload, ex) -> this.open.remove(number));
		return reply;
	}

	void replied(long member, Frame frame) {
		Open request = this.open.get(frame.number());
		if (request != null && request.member() == member) {
			request.reply().complete(frame.payload().toByteArray());
		}
	}

	void failed(long member, Frame frame) {
		Open request = this.open.get(frame.number());
		if (request != null && request.member() == member) {
			request.reply().completeExceptionally(new RequestFailedException(frame.topic()));
		}
	}

	void fail(long number, String problem) {
		Open request = this.open.get(number);
		if (request != null) {
			request.reply().completeExceptionally(new RequestFailedException(problem));
		}
	}

	/** Fail all requests to a member that is gone. */
	void left(long member) {
		this.open.forEach((number, request) -> {
			if (request.member() == member) {
				fail(number, "the member has gone");
			}
		});
	}

}
