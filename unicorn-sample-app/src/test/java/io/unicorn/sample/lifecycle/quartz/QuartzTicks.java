package io.unicorn.sample.lifecycle.quartz;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

import org.quartz.CronScheduleBuilder;
import org.quartz.Job;
import org.quartz.JobBuilder;
import org.quartz.JobDetail;
import org.quartz.JobExecutionContext;
import org.quartz.SimpleScheduleBuilder;
import org.quartz.Trigger;
import org.quartz.TriggerBuilder;

import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Has jobs of Quartz, which write a line per run into a file of all workers, as the
 * scheduled tasks of the other tests do: the name, the time in milliseconds, the process
 * id.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnProperty("ticks.file")
class QuartzTicks {

	@Bean
	JobDetail cron() {
		return JobBuilder.newJob(Tick.class).withIdentity("cron").storeDurably().build();
	}

	@Bean
	Trigger everyThreeSeconds(JobDetail cron) {
		return TriggerBuilder.newTrigger()
			.withIdentity("everyThreeSeconds")
			.forJob(cron)
			.withSchedule(CronScheduleBuilder.cronSchedule("*/3 * * * * ?"))
			.build();
	}

	@Bean
	JobDetail once() {
		return JobBuilder.newJob(Tick.class).withIdentity("once").storeDurably().build();
	}

	@Bean
	Trigger atTheStart(JobDetail once) {
		return TriggerBuilder.newTrigger()
			.withIdentity("atTheStart")
			.forJob(once)
			.withSchedule(SimpleScheduleBuilder.simpleSchedule())
			.startNow()
			.build();
	}

	static class Tick implements Job {

		@Override
		public void execute(JobExecutionContext context) {
			String line = context.getJobDetail().getKey().getName() + " " + System.currentTimeMillis() + " "
					+ ProcessHandle.current().pid() + "\n";
			try {
				Files.writeString(Path.of(System.getenv("TICKS_FILE")), line, StandardOpenOption.CREATE,
						StandardOpenOption.APPEND);
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}

	}

}
