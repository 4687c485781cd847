package io.unicorn.posix.jnr;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

import io.unicorn.posix.Command;
import io.unicorn.posix.ControlPair;
import io.unicorn.posix.ControlPoller;
import io.unicorn.posix.ControlSocket;
import io.unicorn.posix.Exit;
import io.unicorn.posix.Exits;
import io.unicorn.posix.Posix;

/**
 * Starts two children, executes itself again, and finds both: one that exits before the
 * exec while a thread waits for it, and one that still answers.
 */
final class UpgradeMain {

	private static final int SIGTERM = 15;

	private UpgradeMain() {
	}

	public static void main(String... args) throws Exception {
		if (args[1].equals("first")) {
			replace(Path.of(args[0]));
		}
		else {
			resume(Path.of(args[0]), Integer.parseInt(args[1]), Integer.parseInt(args[2]), Integer.parseInt(args[3]));
		}
	}

	private static void replace(Path out) throws Exception {
		Posix posix = new JnrPosix();
		ControlPair pair = posix.controlPair();
		int living = posix.spawn(shell("exec cat <&3 >&3"), pair.theirs());
		posix.close(pair.theirs());
		int dying = posix.spawn(shell("read line; exit 3"));
		posix.holdExits();
		Thread reaper = new Thread(() -> {
			try {
				posix.awaitExit((exit) -> write(out, "reaped too early: " + exit));
			}
			catch (InterruptedException ex) {
				throw new AssertionError(ex);
			}
		});
		reaper.start();
		while (reaper.isAlive() && reaper.getState() != Thread.State.WAITING) {
			Thread.onSpinWait();
		}
		posix.exec(Shells.java(UpgradeMain.class, out.toString(), "" + dying, "" + living, "" + pair.ours().fd()),
				Set.of(pair.ours().fd()));
	}

	private static void resume(Path out, int dead, int living, int fd) throws Exception {
		Posix posix = new JnrPosix();
		posix.adopt(dead);
		posix.adopt(living);
		write(out, Exits.await(posix));
		ControlSocket control = posix.inheritedControl(fd);
		List<String> answer = new ArrayList<>();
		ControlPoller poller = posix.poller();
		poller.register(control, new ControlPoller.Handler() {

			@Override
			public void received(ByteBuffer bytes) {
				answer.add(StandardCharsets.ISO_8859_1.decode(bytes).toString());
				poller.close();
			}

			@Override
			public void writable() {
			}

			@Override
			public int pauseMillis() {
				return 0;
			}

			@Override
			public void closed() {
				poller.close();
			}

		});
		control.write(ByteBuffer.wrap("over there".getBytes(StandardCharsets.ISO_8859_1)));
		poller.run();
		posix.kill(living, SIGTERM);
		write(out, Exits.await(posix));
		write(out, "control: " + String.join("", answer));
	}

	private static Command shell(String script) {
		return new Command("/bin/sh", List.of("sh", "-c", script), List.of("PATH=/usr/bin:/bin"));
	}

	private static void write(Path out, Exit exit) {
		write(out, "Exit[code=%d, signal=%d]".formatted(exit.code(), exit.signal()));
	}

	private static void write(Path out, String line) {
		try {
			Files.writeString(out, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
		}
		catch (IOException ex) {
			throw new AssertionError(ex);
		}
	}

}
