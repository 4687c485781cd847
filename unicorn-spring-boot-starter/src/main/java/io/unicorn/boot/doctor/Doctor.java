package io.unicorn.boot.doctor;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntSupplier;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.env.ConfigurableEnvironment;

/**
 * Examines the application of this process once, on a thread of its own, because a
 * database may be slow to answer. Whatever it finds, the application starts.
 */
public final class Doctor {

	private static final Log logger = LogFactory.getLog(Doctor.class);

	private static final int MOST_LINES = 20;

	private final FutureTask<List<Finding>> examination;

	private final AtomicBoolean begun = new AtomicBoolean();

	/**
	 * Create a doctor that has not begun.
	 * @param beans the beans of the application, or {@code null} if there are none
	 * @param silenced the ids of findings that are left out
	 * @param workers returns the number of workers that the pool is to have
	 */
	public Doctor(ConfigurableEnvironment environment, @Nullable ConfigurableListableBeanFactory beans,
			List<String> silenced, IntSupplier workers) {
		Set<String> without = new HashSet<>(silenced);
		this.examination = new FutureTask<>(() -> Rules.findings(new Inspection(environment, beans, workers), without));
	}

	/** Examine the application in the background, and log what is found. */
	public void report() {
		run(() -> log(findings(Duration.ofDays(1))));
	}

	/**
	 * Return what there is to find; the first call begins to look for it.
	 * @param patience how long to wait at most
	 * @return the findings, or {@code null} if they are not known yet
	 */
	public @Nullable List<Finding> findings(Duration patience) {
		if (this.begun.compareAndSet(false, true)) {
			run(this.examination);
		}
		try {
			return this.examination.get(patience.toMillis(), TimeUnit.MILLISECONDS);
		}
		catch (TimeoutException ex) {
			return null;
		}
		catch (ExecutionException ex) {
			logger.warn("The application could not be examined", ex.getCause());
			return List.of();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return null;
		}
	}

	private static void run(Runnable task) {
		Thread thread = new Thread(task, "unicorn-doctor");
		thread.setDaemon(true);
		thread.start();
	}

	private static void log(@Nullable List<Finding> findings) {
		if (findings == null) {
			return;
		}
		findings.stream().limit(MOST_LINES).forEach(logger::warn);
		if (findings.size() > MOST_LINES) {
			logger.warn((findings.size() - MOST_LINES) + " more findings: run java -Djarmode=unicorn -jar with doctor");
		}
	}

}
