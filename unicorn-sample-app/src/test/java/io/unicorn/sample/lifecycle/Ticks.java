package io.unicorn.sample.lifecycle;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

import io.unicorn.boot.EveryWorker;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Has scheduled tasks, which write a line per run into a file of all workers: the name of
 * the task, the time in milliseconds, the process id.
 */
@Component
@ConditionalOnProperty("ticks.file")
@EnableScheduling
class Ticks {

	/** The seconds between the ticks of the cron expression. */
	static final int SECONDS = 3;

	private final Path file;

	Ticks(@Value("${ticks.file}") Path file) {
		this.file = file;
	}

	@Scheduled(cron = "*/" + SECONDS + " * * * * *")
	void cron() throws IOException, InterruptedException {
		write("cron");
		// Long enough that leaders are told to resign meanwhile.
		Thread.sleep(200);
		write("end");
	}

	@Scheduled(fixedRate = 1_000_000, initialDelay = 1000)
	void rarely() throws IOException {
		write("rarely");
	}

	@Scheduled(initialDelay = 1000)
	void once() throws IOException {
		write("once");
	}

	@EveryWorker
	@Scheduled(fixedRate = 1_000_000)
	void everywhere() throws IOException {
		write("everywhere");
	}

	private void write(String task) throws IOException {
		String line = task + " " + System.currentTimeMillis() + " " + ProcessHandle.current().pid() + "\n";
		Files.writeString(this.file, line, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
	}

}
