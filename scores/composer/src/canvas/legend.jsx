import { Panel } from "@xyflow/react";

const Shape = ({ children }) => (
  <svg width="18" height="12" aria-hidden="true">
    {children}
  </svg>
);

const Line = ({ stroke, width = 1.5, dash }) => (
  <svg width="26" height="8" aria-hidden="true">
    <line x1="0" y1="4" x2="26" y2="4" stroke={stroke} strokeWidth={width} strokeDasharray={dash} />
  </svg>
);

export const Legend = () => (
  <Panel position="bottom-left" className="ms-canvas-legend">
    <span>
      <Shape>
        <rect x="1" y="1" width="16" height="10" rx="2" fill="var(--ms-det-bg)" stroke="var(--ms-det-line)" strokeWidth="1.5" />
      </Shape>
      code
    </span>
    <span>
      <Shape>
        <rect x="1" y="1" width="16" height="10" rx="5" fill="var(--ms-llm-bg)" stroke="var(--ms-llm-line)" strokeWidth="1.5" />
      </Shape>
      agent
    </span>
    <span>
      <Shape>
        <path d="M4 1h10l3 5-3 5H4L1 6z" fill="var(--ms-brass-bg)" stroke="var(--ms-brass-line)" strokeWidth="1.5" />
      </Shape>
      control
    </span>
    <i />
    <span>
      <Line stroke="var(--ms-det-line)" />
      flow
    </span>
    <span>
      <Line stroke="var(--ms-brass-line)" width={2} />
      port
    </span>
    <span>
      <Line stroke="var(--ms-det-line)" dash="5 4" />
      each item
    </span>
  </Panel>
);
