package io.unicorn.boot.actuate;

import java.util.List;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.unicorn.boot.doctor.Finding;
import io.unicorn.ipc.PoolSnapshot;
import org.jspecify.annotations.Nullable;

/**
 * The state of the pool, and what was found in its application.
 *
 * @param pool the state, whose fields are those of the whole
 * @param findings what was found, or {@code null} if that is not known yet
 */
public record ExaminedPool(@JsonUnwrapped PoolSnapshot pool, @Nullable List<Finding> findings) {

}
