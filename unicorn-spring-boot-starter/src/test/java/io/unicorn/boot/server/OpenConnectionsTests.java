package io.unicorn.boot.server;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(60)
class OpenConnectionsTests {

	private final OpenConnections<String> connections = new OpenConnections<>();

	private final AtomicBoolean serving = new AtomicBoolean(true);

	private final CompletableFuture<Void> waited = new CompletableFuture<>();

	private Thread waitForLessThan(int limit) {
		Thread thread = new Thread(() -> {
			try {
				this.connections.awaitFewerThan(limit, this.serving::get);
				this.waited.complete(null);
			}
			catch (InterruptedException ex) {
				this.waited.completeExceptionally(ex);
			}
		});
		thread.start();
		return thread;
	}

	@Test
	void thereIsRoomWhenAConnectionHasEnded() {
		this.connections.add("a");
		this.connections.add("b");
		waitForLessThan(2);
		assertThat(this.waited).isNotDone();
		this.connections.remove("unknown");
		assertThat(this.connections.count()).isEqualTo(2);
		this.connections.remove("a");
		this.waited.join();
		List<String> left = new ArrayList<>();
		this.connections.forEach(left::add);
		assertThat(left).containsExactly("b");
	}

	@Test
	void nothingIsAwaitedOfAServerThatHasStopped() {
		this.connections.add("a");
		waitForLessThan(1);
		this.serving.set(false);
		this.connections.wake();
		this.waited.join();
	}

	@Test
	void anInterruptEndsTheWaitForRoom() {
		this.connections.add("a");
		waitForLessThan(1).interrupt();
		assertThat(this.waited).failsWithin(Duration.ofSeconds(30));
	}

	@Test
	void connectionsThatAreLeftAreCounted() {
		this.connections.add("a");
		assertThat(this.connections.awaitNone(Duration.ofMillis(1))).isOne();
		Thread.currentThread().interrupt();
		assertThat(this.connections.awaitNone(Duration.ofHours(1))).isOne();
		assertThat(Thread.interrupted()).isTrue();
		new Thread(() -> this.connections.remove("a")).start();
		assertThat(this.connections.awaitNone(Duration.ofHours(1))).isZero();
	}

}
