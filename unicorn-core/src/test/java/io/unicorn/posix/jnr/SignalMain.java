package io.unicorn.posix.jnr;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.function.IntConsumer;

import io.unicorn.posix.Command;
import io.unicorn.posix.Posix;
import io.unicorn.posix.PosixException;
import io.unicorn.posix.SignalSource;
import io.unicorn.posix.libc.Kernel;
import io.unicorn.posix.libc.Libc;

/**
 * Executes itself twice: the first time to get its signals deferred, the second time with
 * pending ones.
 */
final class SignalMain {

	static final Set<Integer> SIGNALS = Set.of(1, 2, 10, 12, 15, 21, 22, 28);

	private static final int SIGHUP = 1;

	private static final int SIGTERM = 15;

	private static final int SIG_IGN = 1;

	private final Posix posix = new JnrPosix();

	private final Libc libc = Kernel.load().libc();

	private final Path out;

	private final int expected;

	private SignalMain(Path out, int expected) {
		this.out = out;
		this.expected = expected;
	}

	/**
	 * Arguments: a file for the result, how many different signals to expect (one less
	 * means without HUP), and the stage.
	 */
	public static void main(String... args) throws Exception {
		SignalMain main = new SignalMain(Path.of(args[0]), Integer.parseInt(args[1]));
		switch (args[2]) {
			case "first" -> main.first();
			case "second" -> main.second();
			default -> main.third();
		}
	}

	private void first() throws IOException {
		if (this.expected < SIGNALS.size()) {
			this.libc.signal(SIGHUP, SIG_IGN);
		}
		exec("second");
	}

	private void second() throws Exception {
		SignalSource source = this.posix.signals(SIGNALS);
		CountDownLatch received = new CountDownLatch(1);
		Thread thread = new Thread(() -> run(source, (signal) -> {
			write("second: " + signal);
			received.countDown();
		}));
		thread.start();
		this.libc.kill(this.posix.pid(), SIGTERM);
		received.await();
		source.close();
		thread.join();
		for (int signal : SIGNALS) {
			this.libc.kill(this.posix.pid(), signal);
		}
		exec("third");
	}

	private void third() throws PosixException {
		SignalSource source = this.posix.signals(SIGNALS);
		Set<Integer> received = new TreeSet<>();
		run(source, (signal) -> {
			received.add(signal);
			if (received.size() == this.expected) {
				source.close();
			}
		});
		write("third: " + received);
	}

	private void exec(String stage) throws PosixException {
		Command command = Shells.java(SignalMain.class, this.out.toString(), "" + this.expected, stage);
		List<String> environment = new ArrayList<>(command.environment());
		environment.add("_JAVA_SR_SIGNUM=40");
		this.posix.exec(new Command(command.executable(), command.arguments(), environment), Set.of(), SIGNALS);
	}

	private static void run(SignalSource source, IntConsumer receiver) {
		try {
			source.run(receiver);
		}
		catch (IOException ex) {
			throw new AssertionError(ex);
		}
	}

	private void write(String line) {
		try {
			Files.writeString(this.out, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
		}
		catch (IOException ex) {
			throw new AssertionError(ex);
		}
	}

}
