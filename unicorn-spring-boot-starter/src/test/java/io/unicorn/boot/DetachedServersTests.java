package io.unicorn.boot;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(60)
class DetachedServersTests {

	private static final Duration PATIENCE = Duration.ofSeconds(30);

	private final DetachedServers servers = new DetachedServers();

	/** Connections that end when they are told to. */
	private static final class Ending implements PoolDrain.Connections {

		private final AtomicInteger open = new AtomicInteger(3);

		private final CountDownLatch ended = new CountDownLatch(1);

		@Override
		public void end() {
			this.open.set(0);
			this.ended.countDown();
		}

		@Override
		public int count() {
			return this.open.get();
		}

	}

	private static ServerSocketChannel listener() throws Exception {
		return ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
	}

	@Test
	void aLeavingWorkerClosesTheListenersAndEndsTheConnections() throws Exception {
		Ending connections = new Ending();
		ServerSocketChannel listener = listener();
		this.servers.add(listener);
		this.servers.add(connections);
		assertThat(this.servers.connections()).isEqualTo(3);
		assertThat(this.servers.awaitNoConnections(Duration.ZERO)).isEqualTo(3);
		assertThat(listener.isOpen()).isTrue();
		this.servers.stopAccepting();
		this.servers.stopAccepting();
		assertThat(listener.isOpen()).isFalse();
		assertThat(this.servers.awaitNoConnections(PATIENCE)).isZero();
	}

	@Test
	void connectionsThatDoNotEndAreCountedAtTheTimeout() {
		this.servers.add(new PoolDrain.Connections() {

			@Override
			public void end() {
				// They do not.
			}

			@Override
			public int count() {
				return 2;
			}

		});
		this.servers.stopAccepting();
		assertThat(this.servers.awaitNoConnections(Duration.ofMillis(50))).isEqualTo(2);
	}

	@Test
	void whatIsAddedToALeavingWorkerEndsAtOnce() throws Exception {
		this.servers.stopAccepting();
		Ending connections = new Ending();
		ServerSocketChannel listener = listener();
		this.servers.add(listener);
		this.servers.add(connections);
		assertThat(listener.isOpen()).isFalse();
		assertThat(connections.ended.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
	}

	@Test
	void whatTheApplicationThrowsKeepsNoOthersFromEnding() throws Exception {
		this.servers.add(new PoolDrain.Connections() {

			@Override
			public void end() {
				throw new IllegalStateException("cannot end");
			}

			@Override
			public int count() {
				throw new IllegalStateException("cannot count");
			}

		});
		Ending connections = new Ending();
		this.servers.add(connections);
		assertThat(this.servers.connections()).isEqualTo(3);
		this.servers.stopAccepting();
		assertThat(connections.ended.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
		assertThat(this.servers.awaitNoConnections(PATIENCE)).isZero();
	}

	@Test
	void theyAreNoWebServer() {
		assertThat(this.servers.isWebServer()).isFalse();
	}

}
