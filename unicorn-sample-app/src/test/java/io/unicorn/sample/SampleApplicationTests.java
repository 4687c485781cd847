package io.unicorn.sample;

import java.nio.charset.StandardCharsets;

import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.web.context.WebApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the application without a pool.
 */
@SpringBootTest
class SampleApplicationTests {

	private final MockMvcTester mvc;

	@Autowired
	SampleApplicationTests(WebApplicationContext context) {
		this.mvc = MockMvcTester.from(context);
	}

	@Test
	void aSingleProcessIsItsOwnLeader() {
		assertThat(this.mvc.get().uri("/whoami")).hasStatusOk()
			.bodyJson()
			.isStrictlyEqualTo(
					"{\"pid\": %d, \"worker\": null, \"generation\": null, \"leader\": true, \"version\": \"1\"}"
						.formatted(ProcessHandle.current().pid()));
	}

	@Test
	void thePageShowsTheProcessThatAnswered() {
		assertThat(this.mvc.get().uri("/")).hasStatusOk()
			.hasContentType("text/html;charset=UTF-8")
			.bodyText()
			.contains("<strong id=\"pid\">" + ProcessHandle.current().pid() + "</strong>")
			.doesNotContain("{{");
	}

	@Test
	void sleepTakesTheRequestedTime() {
		long start = System.nanoTime();
		assertThat(this.mvc.get().uri("/sleep?ms=50")).hasStatusOk().hasBodyTextEqualTo("slept 50 ms\n");
		assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(50_000_000L);
	}

	@Test
	void cpuTakesTheRequestedTime() {
		long start = System.nanoTime();
		assertThat(this.mvc.get().uri("/cpu?ms=20")).hasStatusOk();
		assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(20_000_000L);
	}

	@Test
	void aParameterOutOfRangeIsABadRequest() {
		assertThat(this.mvc.get().uri("/sleep?ms=-1")).hasStatus(400);
		assertThat(this.mvc.get().uri("/sleep?ms=600001")).hasStatus(400);
		assertThat(this.mvc.get().uri("/sleep?ms=long")).hasStatus(400);
		assertThat(this.mvc.get().uri("/sleep")).hasStatus(400);
		assertThat(this.mvc.get().uri("/cpu?ms=-1")).hasStatus(400);
		assertThat(this.mvc.get().uri("/bytes?n=104857601")).hasStatus(400);
		assertThat(this.mvc.get().uri("/deferred?ms=-1")).hasStatus(400);
		assertThat(this.mvc.get().uri("/events?ms=0")).hasStatus(400);
	}

	@Test
	void echoAnswersWithTheRequestBody() {
		byte[] body = "some bytes".getBytes(StandardCharsets.UTF_8);
		assertThat(this.mvc.post().uri("/echo").content(body)).hasStatusOk().hasBodyTextEqualTo("some bytes");
	}

	@Test
	void anUploadIsAnsweredWithItsChecksum() {
		assertThat(this.mvc.post().uri("/upload").content("123456789")).hasStatusOk()
			.hasBodyTextEqualTo("9 bytes, crc32 cbf43926\n");
	}

	@Test
	void aDeferredAnswerComes() {
		assertThat(this.mvc.get().uri("/deferred?ms=20")).hasStatusOk().hasBodyTextEqualTo("waited 20 ms\n");
	}

	@Test
	void aDownloadHasTheRequestedLength() {
		assertThat(this.mvc.get().uri("/bytes?n=0")).hasStatusOk().hasBodyTextEqualTo("");
		assertThat(this.mvc.get().uri("/bytes?n=28")).hasStatusOk().hasBodyTextEqualTo("abcdefghijklmnopqrstuvwxyzab");
		assertThat(this.mvc.get().uri("/bytes?n=100000")).hasStatusOk().bodyText().hasSize(100_000).endsWith("yzabcd");
	}

	@Test
	void chaosIsOffByDefault() {
		assertThat(this.mvc.post().uri("/chaos/leak?mb=1")).hasStatus(404);
	}

}
