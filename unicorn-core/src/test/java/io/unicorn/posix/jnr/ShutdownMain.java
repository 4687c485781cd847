package io.unicorn.posix.jnr;

import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.unicorn.posix.Command;
import io.unicorn.posix.Posix;
import io.unicorn.posix.libc.Kernel;

/**
 * Tries to execute another program while its JVM shuts down.
 */
final class ShutdownMain {

	private static final int SIGTERM = 15;

	private static final long SLOW_MILLIS = 1_000;

	private ShutdownMain() {
	}

	/**
	 * Argument: a file that the other program would write.
	 */
	public static void main(String... args) throws Exception {
		Posix posix = new JnrPosix();
		CountDownLatch ending = new CountDownLatch(1);
		Runtime.getRuntime().addShutdownHook(new Thread(() -> {
			ending.countDown();
			try {
				new CountDownLatch(1).await(SLOW_MILLIS, TimeUnit.MILLISECONDS);
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}));
		Kernel.load().libc().kill(posix.pid(), SIGTERM);
		ending.await();
		posix.exec(new Command("/bin/sh", List.of("sh", "-c", "echo survived > $0", Command.bytes(args[0])),
				List.of("PATH=/usr/bin:/bin")), Set.of(), Set.of(SIGTERM));
	}

}
