package io.unicorn.master.arbiter;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

import io.unicorn.ipc.Message;
import io.unicorn.master.arbiter.pool.LogFormat;
import org.jspecify.annotations.Nullable;

/**
 * Limits the texts of a worker's messages before they are logged, kept or handed over. A
 * worker runs the application, so its texts have any length and any characters.
 */
final class WorkerText {

	/** The longest text that is a word or a phrase. */
	static final int MOST_CHARACTERS = 500;

	/** The longest word under which an exit is counted. */
	static final int MOST_IN_A_WORD = 40;

	/** The most lines of a process's output that are kept. */
	static final int MOST_LINES = 200;

	/** The most characters of all these lines. Ten roll-outs keep them. */
	static final int MOST_IN_ALL = 16 * 1024;

	private WorkerText() {
	}

	static Message.FromWorker limit(Message.FromWorker message) {
		if (message instanceof Message.Retire retire) {
			return new Message.Retire(LogFormat.phrase(retire.reason(), MOST_IN_A_WORD), phrase(retire.detail()));
		}
		if (message instanceof Message.Health health) {
			return new Message.Health(health.up(), phrase(health.detail()));
		}
		if (message instanceof Message.Request request) {
			return request.by(phrase(request.trigger()));
		}
		if (message instanceof Message.Booting booting) {
			return new Message.Booting(phrase(booting.initializing()),
					booting.stack().stream().limit(MOST_LINES).map(WorkerText::phrase).toList());
		}
		if (message instanceof Message.MainMethod main) {
			return new Message.MainMethod(phrase(main.waitsAt()));
		}
		if (message instanceof Message.NoPool noPool) {
			return new Message.NoPool(phrase(noPool.obstacle()));
		}
		if (message instanceof Message.BootLog log) {
			return new Message.BootLog(lastOf(log.lines()));
		}
		return message;
	}

	/** Return a text as a part of one log line. */
	static String phrase(@Nullable String text) {
		return LogFormat.phrase(String.valueOf(text), MOST_CHARACTERS);
	}

	/** Return the last lines, each with a limited length. */
	private static List<String> lastOf(List<String> lines) {
		Deque<String> last = new ArrayDeque<>();
		int characters = 0;
		for (int i = lines.size() - 1; i >= 0 && last.size() < MOST_LINES; i--) {
			String line = LogFormat.cut(lines.get(i), MOST_CHARACTERS);
			characters += line.length();
			if (characters > MOST_IN_ALL) {
				break;
			}
			last.addFirst(line);
		}
		return List.copyOf(last);
	}

}
