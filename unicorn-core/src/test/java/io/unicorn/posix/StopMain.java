package io.unicorn.posix;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * Stops a child, writes down its number, and ends in the way that it is told.
 */
final class StopMain {

	private static final int SIGKILL = 9;

	private static final int SIGSTOP = 19;

	private StopMain() {
	}

	@SuppressWarnings("SystemExitOutsideMain")
	public static void main(String... args) throws Exception {
		Posix posix = new JnrPosix();
		int child = posix.spawn(new Command("/bin/sleep", List.of("sleep", "600"), List.of()));
		WakeAtEnd promise = posix.wakeAtEnd(child);
		posix.kill(child, SIGSTOP);
		while (ProcessesTests.state(child) != 'T') {
			Thread.onSpinWait();
		}
		Files.writeString(Path.of(args[0]), "" + child);
		switch (args[1]) {
			case "kill" -> Kernel.load().libc().kill(posix.pid(), SIGKILL);
			case "exec" -> posix.exec(new Command("/bin/true", List.of("true"), List.of()), Set.of());
			case "close" -> promise.close();
			default -> System.exit(0);
		}
	}

}
