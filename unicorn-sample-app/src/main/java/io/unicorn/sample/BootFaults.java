package io.unicorn.sample;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/**
 * Makes start-up fail, take long or never end, as {@link SampleProperties.Boot}
 * configures. Failures happen while the context is built, before the web server starts;
 * delays happen in a runner, after the server has started and before the application is
 * ready. The JVM can also halt some time after the application became ready.
 */
@Component
class BootFaults implements ApplicationRunner {

	private static final int EXIT_STATUS = 7;

	private static final long HANG_CHECK_MILLIS = 50;

	private final SampleProperties.Boot faults;

	BootFaults(SampleProperties properties) {
		this.faults = properties.boot();
		if (this.faults.fail()) {
			throw new IllegalStateException("sample.boot.fail is set");
		}
		Path failIfExists = this.faults.failIfExists();
		if (exists(failIfExists)) {
			throw new IllegalStateException("sample.boot.fail-if-exists: " + failIfExists + " exists");
		}
		Path exitOnce = this.faults.exitOnce();
		if (exitOnce != null && create(exitOnce)) {
			Runtime.getRuntime().halt(EXIT_STATUS);
		}
	}

	@Override
	public void run(ApplicationArguments args) throws InterruptedException {
		Thread.sleep(this.faults.delay().toMillis());
		while (exists(this.faults.hangIfExists())) {
			Thread.sleep(HANG_CHECK_MILLIS);
		}
	}

	@EventListener(ApplicationReadyEvent.class)
	void ready() {
		Duration exitAfter = this.faults.exitAfter();
		if (exitAfter != null) {
			var unused = CompletableFuture.runAsync(() -> Runtime.getRuntime().halt(EXIT_STATUS),
					CompletableFuture.delayedExecutor(exitAfter.toMillis(), TimeUnit.MILLISECONDS));
		}
	}

	private static boolean exists(@Nullable Path file) {
		return file != null && Files.exists(file);
	}

	/**
	 * Creates the file atomically, so that exactly one of several booting workers
	 * succeeds.
	 */
	private static boolean create(Path file) {
		try {
			Files.createFile(file);
			return true;
		}
		catch (FileAlreadyExistsException ex) {
			return false;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
