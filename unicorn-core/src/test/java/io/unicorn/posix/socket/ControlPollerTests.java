package io.unicorn.posix.socket;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import io.unicorn.posix.ControlPair;
import io.unicorn.posix.ControlPoller;
import io.unicorn.posix.ControlSocket;
import io.unicorn.posix.Listener;
import io.unicorn.posix.PosixException;
import io.unicorn.posix.jnr.JnrPosix;
import io.unicorn.posix.jnr.Shells;
import io.unicorn.posix.libc.Descriptors;
import io.unicorn.posix.libc.Errno;
import io.unicorn.posix.libc.Kernel;
import io.unicorn.posix.libc.Libc;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class ControlPollerTests {

	private static final int SIGKILL = 9;

	private static final int F_SETFD = 2;

	private static final int F_SETFL = 4;

	private static final String CLOSE_ON_EXEC_AND_NON_BLOCKING = "02004002";

	private final JnrPosix posix = new JnrPosix();

	private final Shells shells = new Shells(this.posix);

	private final List<ControlPair> pairs = new ArrayList<>();

	@SuppressWarnings("NullAway.Init")
	private ControlPoller poller;

	@SuppressWarnings("NullAway.Init")
	private Thread thread;

	@BeforeEach
	void startPoller() throws PosixException {
		this.poller = this.posix.poller();
		this.thread = new Thread(this::runPoller);
		this.thread.start();
	}

	private void runPoller() {
		try {
			this.poller.run();
		}
		catch (IOException ex) {
			throw new AssertionError(ex);
		}
	}

	@AfterEach
	void endAll() throws InterruptedException {
		this.poller.close();
		this.thread.join();
		this.shells.endAll();
		for (ControlPair pair : this.pairs) {
			pair.ours().close();
		}
	}

	@Test
	void bytesGoToAChildAndBack() throws Exception {
		ControlSocket socket = startChild("exec cat <&3 >&3");
		Recorder recorder = new Recorder();
		this.poller.register(socket, recorder);
		write(socket, "over there");
		assertThat(recorder.next("over there".length())).isEqualTo("over there");
	}

	@Test
	void theDeathOfAChildIsReported() throws Exception {
		ControlSocket socket = startChild("read line <&3; echo $line >&3; exec sleep 600");
		Recorder recorder = new Recorder();
		this.poller.register(socket, recorder);
		write(socket, "x\n");
		assertThat(recorder.next(2)).isEqualTo("x\n");
		this.shells.killAll();
		assertThat(recorder.next(1)).isEqualTo(Recorder.CLOSED);
		assertThat(this.shells.await().signal()).isEqualTo(SIGKILL);
		assertThatExceptionOfType(PosixException.class).isThrownBy(() -> write(socket, "x"))
			.withMessageEndingWith("Broken pipe");
	}

	@Test
	void manyChildrenAreServed() throws Exception {
		List<Recorder> recorders = new ArrayList<>();
		for (int i = 0; i < 64; i++) {
			ControlSocket socket = startChild("exec cat <&3 >&3");
			recorders.add(new Recorder());
			this.poller.register(socket, recorders.get(i));
			write(socket, "%04d".formatted(i));
		}
		for (int i = 0; i < 64; i++) {
			assertThat(recorders.get(i).next(4)).isEqualTo("%04d".formatted(i));
		}
		this.shells.killAll();
		for (Recorder recorder : recorders) {
			assertThat(recorder.next(1)).isEqualTo(Recorder.CLOSED);
		}
	}

	@Test
	void aFullSocketTakesNoMoreAndDoesNotBlock() throws Exception {
		ControlPair pair = pair();
		ByteBuffer buffer = ByteBuffer.allocate(8 * 1024 * 1024);
		pair.ours().write(buffer);
		assertThat(buffer.position()).isPositive().isLessThan(buffer.limit());
		int before = buffer.position();
		pair.ours().write(buffer);
		assertThat(buffer.position()).isEqualTo(before);
		this.posix.close(pair.theirs());
	}

	@Test
	void aFullSocketIsReportedWhenTheOtherEndHasRead() throws Exception {
		ControlSocket socket = startChild("read line <&3; exec cat <&3 >/dev/null");
		Recorder recorder = new Recorder();
		this.poller.register(socket, recorder);
		ByteBuffer buffer = ByteBuffer.allocate(2 * 1024 * 1024);
		buffer.put(buffer.limit() / 2, (byte) '\n');
		socket.write(buffer);
		assertThat(buffer.hasRemaining()).isTrue();
		assertThat(recorder.writable.await(30, TimeUnit.SECONDS)).isTrue();
		int before = buffer.position();
		socket.write(buffer);
		assertThat(buffer.position()).isGreaterThan(before);
	}

	@Test
	void aPausedConnectionIsReadLaterAndDoesNotHoldUpOthers() throws Exception {
		ControlSocket paused = startChild("exec cat <&3 >&3");
		ControlSocket other = startChild("exec cat <&3 >&3");
		Recorder pausedRecorder = new Recorder();
		Recorder otherRecorder = new Recorder();
		pausedRecorder.pauses.addAll(List.of(0, 1000));
		this.poller.register(paused, pausedRecorder);
		this.poller.register(other, otherRecorder);
		write(paused, "a");
		assertThat(pausedRecorder.next(1)).isEqualTo("a");
		write(paused, "b");
		write(other, "c");
		assertThat(otherRecorder.next(1)).isEqualTo("c");
		assertThat(pausedRecorder.isEmpty()).isTrue();
		assertThat(pausedRecorder.next(1)).isEqualTo("b");
	}

	@Test
	void theEndOfAPausedConnectionIsReportedAfterThePause() throws Exception {
		ControlSocket socket = startChild("exec cat <&3 >&3");
		Recorder recorder = new Recorder();
		recorder.pauses.add(200);
		this.poller.register(socket, recorder);
		write(socket, "a");
		assertThat(recorder.next(1)).isEqualTo("a");
		this.shells.killAll();
		assertThat(recorder.next(1)).isEqualTo(Recorder.CLOSED);
	}

	@Test
	void aSocketClosedWhileThePollerSleepsEndsTheConnection() throws Exception {
		ControlSocket socket = startChild("exec cat <&3 >/dev/null");
		this.poller.register(socket, new Recorder());
		socket.close();
		socket.close();
		assertThat(this.shells.await().code()).isZero();
		assertThatExceptionOfType(ClosedChannelException.class).isThrownBy(() -> write(socket, "x"));
		assertThatExceptionOfType(ClosedChannelException.class)
			.isThrownBy(() -> this.poller.register(socket, new Recorder()));
	}

	@Test
	void aRecycledNumberDoesNotReachTheOldHandler() throws Exception {
		for (int i = 0; i < 200; i++) {
			ControlPair old = pair();
			Recorder oldRecorder = new Recorder();
			this.poller.register(old.ours(), oldRecorder);
			old.ours().close();
			ControlPair young = pair();
			assertThat(young.ours().fd()).isEqualTo(old.ours().fd());
			Recorder youngRecorder = new Recorder();
			this.poller.register(young.ours(), youngRecorder);
			this.posix.close(old.theirs());
			this.posix.close(young.theirs());
			assertThat(youngRecorder.next(1)).isEqualTo(Recorder.CLOSED);
			assertThat(oldRecorder.isEmpty()).isTrue();
			young.ours().close();
		}
	}

	@Test
	void anInterruptEndsTheRunWhichMayThenBeRepeated() throws Exception {
		this.thread.interrupt();
		this.thread.join();
		this.thread = new Thread(this::runPoller);
		this.thread.start();
		ControlSocket socket = startChild("exec cat <&3 >&3");
		Recorder recorder = new Recorder();
		this.poller.register(socket, recorder);
		write(socket, "still here");
		assertThat(recorder.next("still here".length())).isEqualTo("still here");
	}

	@Test
	void anInheritedConnectionWorks() throws Exception {
		int fd = startChild("exec cat <&3 >&3").fd();
		Libc libc = Kernel.load().libc();
		assertThat(libc.fcntl(fd, F_SETFD, 0)).isZero();
		assertThat(libc.fcntl(fd, F_SETFL, 0)).isZero();
		ControlSocket inherited = this.posix.inheritedControl(fd);
		assertThat(inherited.fd()).isEqualTo(fd);
		assertThat(flags(fd)).isEqualTo(CLOSE_ON_EXEC_AND_NON_BLOCKING);
		Recorder recorder = new Recorder();
		this.poller.register(inherited, recorder);
		write(inherited, "over there");
		assertThat(recorder.next("over there".length())).isEqualTo("over there");
	}

	@Test
	void aLowInheritedConnectionMovesUp() throws Exception {
		int[] low = new int[2];
		assertThat(Kernel.load().libc().socketpair(1, 1, 0, low)).isZero();
		assertThat(low[0]).isLessThan(Descriptors.FIRST);
		ControlSocket inherited = this.posix.inheritedControl(low[0]);
		try {
			assertThat(inherited.fd()).isGreaterThanOrEqualTo(Descriptors.FIRST);
			assertThat(flags(inherited.fd())).isEqualTo(CLOSE_ON_EXEC_AND_NON_BLOCKING);
			Recorder recorder = new Recorder();
			this.poller.register(inherited, recorder);
			this.posix.close(low[1]);
			assertThat(recorder.next(1)).isEqualTo(Recorder.CLOSED);
		}
		finally {
			inherited.close();
		}
	}

	@Test
	void aSocketThatIsNotAControlConnectionIsNotInherited() throws Exception {
		Listener listener = this.posix.listen(null, 0, 1);
		try {
			assertThatExceptionOfType(PosixException.class).isThrownBy(() -> this.posix.inheritedControl(listener.fd()))
				.withMessageContaining("not a control connection");
		}
		finally {
			this.posix.close(listener.fd());
		}
		assertThatExceptionOfType(PosixException.class).isThrownBy(() -> this.posix.inheritedControl(999_999))
			.satisfies((ex) -> assertThat(ex.errno()).isEqualTo(Errno.EBADF));
		assertThatIllegalArgumentException().isThrownBy(() -> this.posix.inheritedControl(2));
	}

	private static String flags(int fd) throws IOException {
		return Files.readAllLines(Path.of("/proc/self/fdinfo", "" + fd))
			.stream()
			.filter((line) -> line.startsWith("flags:"))
			.findFirst()
			.orElseThrow()
			.replaceFirst("flags:\\s+", "");
	}

	private ControlPair pair() throws PosixException {
		ControlPair pair = this.posix.controlPair();
		this.pairs.add(pair);
		return pair;
	}

	private ControlSocket startChild(String script) throws PosixException {
		ControlPair pair = pair();
		try {
			this.shells.start(script, pair.theirs());
			return pair.ours();
		}
		finally {
			this.posix.close(pair.theirs());
		}
	}

	private static void write(ControlSocket socket, String text) throws IOException {
		socket.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1)));
	}

	private static final class Recorder implements ControlPoller.Handler {

		static final String CLOSED = "closed";

		private final BlockingQueue<String> events = new LinkedBlockingQueue<>();

		private final CountDownLatch writable = new CountDownLatch(1);

		private final Queue<Integer> pauses = new ConcurrentLinkedQueue<>();

		@Override
		public void received(ByteBuffer bytes) {
			while (bytes.hasRemaining()) {
				this.events.add(String.valueOf((char) bytes.get()));
			}
		}

		@Override
		public void writable() {
			this.writable.countDown();
		}

		@Override
		public int pauseMillis() {
			return this.pauses.isEmpty() ? 0 : this.pauses.remove();
		}

		@Override
		public void closed() {
			this.events.add(CLOSED);
		}

		String next(int count) throws InterruptedException {
			StringBuilder text = new StringBuilder();
			for (int i = 0; i < count; i++) {
				text.append(this.events.take());
			}
			return text.toString();
		}

		boolean isEmpty() {
			return this.events.isEmpty();
		}

	}

}
