package io.unicorn.ipc;

import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * Measures the codec with a heartbeat and with the largest message.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class MessageCodecBenchmark {

	private static final int WORKERS = 64;

	private final Message heartbeat = SampleMessages.all()
		.stream()
		.filter(Message.Heartbeat.class::isInstance)
		.findFirst()
		.orElseThrow();

	private final Message pool = new Message.PoolReply(1, SampleMessages.workers(WORKERS));

	private final ByteBuffer heartbeatFrame = frame(this.heartbeat);

	private final ByteBuffer poolFrame = frame(this.pool);

	private static ByteBuffer frame(Message message) {
		return MessageCodec.encode(message).position(MessageCodec.LENGTH_BYTES).slice();
	}

	/**
	 * Encodes a heartbeat, as a worker does.
	 * @return the frame
	 */
	@Benchmark
	public Object encodeHeartbeat() {
		return MessageCodec.encode(this.heartbeat);
	}

	/**
	 * Decodes a heartbeat, as the master does.
	 * @return the message
	 * @throws MalformedFrameException never
	 */
	@Benchmark
	public Object decodeHeartbeat() throws MalformedFrameException {
		return MessageCodec.decode(this.heartbeatFrame, Message.FromWorker.class);
	}

	/**
	 * Encodes the state of 64 workers, as the master does.
	 * @return the frame
	 */
	@Benchmark
	public Object encodePool() {
		return MessageCodec.encode(this.pool);
	}

	/**
	 * Decodes the state of 64 workers, as a worker does.
	 * @return the message
	 * @throws MalformedFrameException never
	 */
	@Benchmark
	public Object decodePool() throws MalformedFrameException {
		return MessageCodec.decode(this.poolFrame, Message.FromMaster.class);
	}

}
