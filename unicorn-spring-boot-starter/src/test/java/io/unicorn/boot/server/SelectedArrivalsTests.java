package io.unicorn.boot.server;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

@Timeout(60)
class SelectedArrivalsTests {

	private static final Duration LONG = Duration.ofMinutes(5);

	private final List<AutoCloseable> open = new ArrayList<>();

	@AfterEach
	void close() throws Exception {
		for (AutoCloseable each : this.open) {
			each.close();
		}
	}

	private ServerSocketChannel listener() throws IOException {
		ServerSocketChannel listener = ServerSocketChannel.open();
		this.open.add(listener);
		return listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1000);
	}

	private SocketChannel connect(ServerSocketChannel listener) throws IOException {
		SocketChannel client = SocketChannel.open(listener.getLocalAddress());
		this.open.add(client);
		return client;
	}

	private SelectedArrivals arrivals(Duration silence, ServerSocketChannel... listeners) throws IOException {
		SelectedArrivals arrivals = new SelectedArrivals(List.of(listeners), silence);
		this.open.add(arrivals::close);
		return arrivals;
	}

	private static void send(SocketChannel client) throws IOException {
		client.write(ByteBuffer.wrap(new byte[] { 1 }));
	}

	private static CompletableFuture<SocketChannel> accept(Arrivals arrivals) {
		return CompletableFuture.supplyAsync(() -> {
			try {
				return arrivals.accept();
			}
			catch (IOException ex) {
				throw new IllegalStateException(ex);
			}
		}, (task) -> new Thread(task).start());
	}

	/** Check that both are ends of one connection, and that the server can use its. */
	private static void assertServes(SocketChannel accepted, SocketChannel client) throws IOException {
		assertThat(accepted.getRemoteAddress()).isEqualTo(client.getLocalAddress());
		assertThat(accepted.isBlocking()).isTrue();
		assertThat(accepted.isRegistered()).isFalse();
	}

	@Test
	void silentClientsDoNotKeepTheServerFromOneThatSpeaks() throws Exception {
		ServerSocketChannel listener = listener();
		SelectedArrivals arrivals = arrivals(LONG, listener);
		SocketChannel silent = connect(listener);
		SocketChannel speaking = connect(listener);
		send(speaking);
		assertServes(arrivals.accept(), speaking);
		assertThat(arrivals.waiting()).isEqualTo(1);
		CompletableFuture<SocketChannel> next = accept(arrivals);
		send(silent);
		assertServes(next.get(20, TimeUnit.SECONDS), silent);
		assertThat(arrivals.waiting()).isZero();
	}

	@Test
	void aClientThatSpokeWhileTheServerWasBusyIsServedHoweverLongAgo() throws Exception {
		// Long enough for a slow machine to accept both before one counts as silent.
		Duration silence = Duration.ofSeconds(3);
		ServerSocketChannel listener = listener();
		SelectedArrivals arrivals = arrivals(silence, listener);
		SocketChannel late = connect(listener);
		SocketChannel first = connect(listener);
		send(first);
		assertServes(arrivals.accept(), first);
		long accepted = System.nanoTime();
		send(late);
		Awaitility.await().until(() -> System.nanoTime() - accepted > silence.toNanos());
		assertServes(arrivals.accept(), late);
	}

	@Test
	void aClientThatStaysSilentIsClosed() throws Exception {
		ServerSocketChannel listener = listener();
		SelectedArrivals arrivals = arrivals(Duration.ofSeconds(2), listener);
		CompletableFuture<SocketChannel> next = accept(arrivals);
		SocketChannel silent = connect(listener);
		assertThat(silent.read(ByteBuffer.allocate(1))).isEqualTo(-1);
		Awaitility.await().until(() -> arrivals.waiting() == 0);
		SocketChannel speaking = connect(listener);
		send(speaking);
		assertServes(next.get(20, TimeUnit.SECONDS), speaking);
	}

	@Test
	void atMostFiveHundredSilentClientsAreAccepted() throws Exception {
		ServerSocketChannel listener = listener();
		SelectedArrivals arrivals = arrivals(LONG, listener);
		SocketChannel first = connect(listener);
		for (int i = 0; i < 510; i++) {
			connect(listener);
		}
		SocketChannel last = connect(listener);
		send(last);
		CompletableFuture<SocketChannel> next = accept(arrivals);
		Awaitility.await().until(() -> arrivals.waiting() == 500);
		assertThat(next).isNotDone();
		send(first);
		assertServes(next.get(20, TimeUnit.SECONDS), first);
		next = accept(arrivals);
		Awaitility.await().until(() -> arrivals.waiting() == 500);
		assertThat(next).isNotDone();
	}

	@Test
	void connectionsOfSeveralListenersAreReturnedAtOnce() throws Exception {
		ServerSocketChannel one = listener();
		ServerSocketChannel other = listener();
		SelectedArrivals arrivals = arrivals(Duration.ZERO, one, other);
		SocketChannel first = connect(one);
		assertServes(arrivals.accept(), first);
		SocketChannel second = connect(other);
		assertServes(arrivals.accept(), second);
		assertThat(arrivals.waiting()).isZero();
	}

	@Test
	void closeReturnsSilentClientsAndEndsTheWaitingForOthers() throws Exception {
		ServerSocketChannel listener = listener();
		SelectedArrivals arrivals = arrivals(LONG, listener);
		SocketChannel silent = connect(listener);
		CompletableFuture<SocketChannel> next = accept(arrivals);
		Awaitility.await().until(() -> arrivals.waiting() == 1);
		List<SocketChannel> left = arrivals.close();
		assertThat(left).hasSize(1);
		assertServes(left.get(0), silent);
		assertThat(next).failsWithin(Duration.ofSeconds(20));
		assertThat(listener.isOpen()).isFalse();
		assertThatExceptionOfType(ClosedChannelException.class).isThrownBy(arrivals::accept);
		assertThat(arrivals.close()).isEmpty();
		assertThat(arrivals.waiting()).isZero();
	}

}
