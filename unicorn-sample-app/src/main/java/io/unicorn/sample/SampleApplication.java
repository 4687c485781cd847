package io.unicorn.sample;

import io.unicorn.boot.PoolWorker;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;

/**
 * The sample: an ordinary Spring Boot application. Nothing in it knows how a pool is run.
 */
@SpringBootApplication
@EnableConfigurationProperties(SampleProperties.class)
public class SampleApplication {

	/**
	 * Start the application.
	 * @param args the program arguments
	 */
	public static void main(String[] args) {
		SpringApplication.run(SampleApplication.class, args);
	}

	@Bean
	WorkerIdentity workerIdentity(ObjectProvider<PoolWorker> worker) {
		PoolWorker poolWorker = worker.getIfAvailable();
		return (poolWorker != null) ? new PoolProcess(poolWorker) : new PlainProcess();
	}

}
