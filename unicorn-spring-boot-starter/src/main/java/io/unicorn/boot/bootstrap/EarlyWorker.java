package io.unicorn.boot.bootstrap;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.unicorn.ipc.Message;
import io.unicorn.ipc.MessageCodec;
import io.unicorn.launch.CacheFile;
import io.unicorn.launch.ClassDataCache;
import io.unicorn.launch.ConnectionBoardFile;
import io.unicorn.launch.FirstWorker;
import io.unicorn.launch.LaunchPlan;
import io.unicorn.launch.MasterCommand;
import io.unicorn.launch.PoolSettings;
import io.unicorn.launch.WorkDir;
import io.unicorn.launch.WorkerCommand;
import io.unicorn.posix.Command;
import io.unicorn.posix.ControlPair;
import io.unicorn.posix.ControlSocket;
import io.unicorn.posix.Posix;
import io.unicorn.posix.PosixException;
import org.jspecify.annotations.Nullable;

/**
 * The first worker of a pool, which boots while its master does. It gets as far as its
 * environment, and no further before it is told who it is. If this process ends, it does.
 * Used by one thread at a time.
 */
final class EarlyWorker {

	private final Posix posix;

	private final Command command;

	private final @Nullable Path board;

	/** What was read to find it good need not be read again. */
	private final Map<ClassDataCache, CacheFile> caches;

	private final ControlSocket control;

	private final int pid;

	private EarlyWorker(Posix posix, Command command, @Nullable Path board, Map<ClassDataCache, CacheFile> caches,
			ControlSocket control, int pid) {
		this.posix = posix;
		this.command = command;
		this.board = board;
		this.caches = caches;
		this.control = control;
		this.pid = pid;
	}

	/**
	 * Start it.
	 * @param plan how workers are launched, without flags that only one can have
	 * @param listeners descriptors of its sockets, in the order of the plan's addresses
	 */
	static EarlyWorker start(Posix posix, LaunchPlan plan, List<Integer> listeners) throws PosixException {
		Path board = board(plan);
		Map<ClassDataCache, CacheFile> caches = new HashMap<>();
		Command command = command(plan, board, caches);
		ControlPair pair = posix.controlPair();
		int[] descriptors = new int[1 + listeners.size()];
		descriptors[0] = pair.theirs();
		for (int i = 0; i < listeners.size(); i++) {
			descriptors[1 + i] = listeners.get(i);
		}
		try {
			return new EarlyWorker(posix, command, board, caches, pair.ours(), posix.spawn(command, descriptors));
		}
		catch (PosixException | RuntimeException ex) {
			pair.ours().close();
			throw ex;
		}
		finally {
			posix.close(pair.theirs());
		}
	}

	/** As the master would start it. */
	private static Command command(LaunchPlan plan, @Nullable Path board, Map<ClassDataCache, CacheFile> caches) {
		List<String> leading = new ArrayList<>(ClassDataCache.of(plan)
			.map((cache) -> caches.computeIfAbsent(cache, CacheFile::new))
			.filter((file) -> file.check() == CacheFile.State.GOOD)
			.map(CacheFile::options)
			.orElse(List.of()));
		if (board != null) {
			leading.add(ConnectionBoardFile.flag(board));
		}
		return WorkerCommand.of(plan, MasterCommand.commonEnvironment(Command.ownEnvironment()), FirstWorker.INDEX,
				true, false, leading);
	}

	/** The master finds the same, or says why there is none. */
	private static @Nullable Path board(LaunchPlan plan) {
		try {
			return ConnectionBoardFile.create(WorkDir.open(Path.of(Command.text(plan.master().workDir()))));
		}
		catch (IOException ex) {
			return null;
		}
	}

	/**
	 * Whether this is what a worker of that plan would be, to the last byte of its
	 * command line and its environment.
	 */
	boolean suits(LaunchPlan plan) {
		return this.command.equals(command(plan, board(plan), this.caches));
	}

	/**
	 * Ask what it finds in its environment. It waits then. Until it has started, its
	 * optimizing compiler waits for idle processors: the master sees to that as well, but
	 * later.
	 * @param patience how long to wait for the answer
	 * @return a digest of it, or {@code null} if there is no answer
	 */
	@Nullable String configuration(Duration patience) throws IOException {
		return ConfigurationQuestion.ask(this.posix, this.control, patience,
				() -> this.posix.compileWhenIdle(this.pid));
	}

	/**
	 * Let it go on.
	 * @return how the master finds it
	 */
	FirstWorker welcome(PoolSettings settings) throws IOException {
		this.control
			.write(MessageCodec.encode(new Message.Welcome(FirstWorker.INDEX, FirstWorker.ID, FirstWorker.GENERATION,
					settings.gracefulTimeout().toMillis(), false, 0, settings.silence().toMillis())));
		return new FirstWorker(this.pid, this.control.fd());
	}

	/** Kill it, and leave nothing of it behind. */
	void end() {
		this.posix.end(this.pid);
		this.control.close();
		if (this.board != null) {
			try {
				Files.deleteIfExists(this.board);
			}
			catch (IOException ex) {
				// A later start finds that this process is gone.
			}
		}
	}

}
